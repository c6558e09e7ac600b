import type { Clock } from '../../base/clock.ts';
import type { Usage } from '../../base/meter.ts';
import type { Persona } from '../../think/ports.ts';
import type { Toolbox } from '../../think/toolbox.ts';
import type { Duplex, Responder } from '../port.ts';
import type { OpenLine } from './port.ts';
import { type LiveOptions, LiveResponder } from './responder.ts';

/** What a model that hears and speaks is given by the process that it works in. */
export interface DuplexHost {
  clock: Clock;
  toolbox?: Toolbox | undefined;
  used(usage: Usage): void;
}

/** How a vendor's model is talked to, in every conversation. */
export interface LiveDuplexOptions extends Omit<LiveOptions, 'persona' | 'open'> {
  /** How a line for this persona is opened. */
  lineFor(persona: Persona): OpenLine;
}

/** A model that hears and speaks itself, by the lines of its vendor. */
export class LiveDuplex implements Duplex {
  readonly #options: LiveDuplexOptions;

  constructor(options: LiveDuplexOptions) {
    this.#options = options;
  }

  open(persona: Persona): Responder {
    const { lineFor, ...options } = this.#options;
    return new LiveResponder({ ...options, persona, open: lineFor(persona) });
  }
}

/** The voice that a persona names for a vendor. */
export const voiceFor = ({ voice }: Persona, names: readonly string[], usual: string): string => {
  if (typeof voice === 'string') return usual;
  const name = names.find(each => Object.hasOwn(voice, each));
  return name === undefined ? usual : voice[name]!;
};
