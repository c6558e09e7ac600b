import type { Persona } from '../../think/ports.ts';
import type { Duplex, Responder } from '../port.ts';
import type { OpenLine } from './port.ts';
import { type LiveOptions, LiveResponder } from './responder.ts';

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
