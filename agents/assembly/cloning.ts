import type { Logger } from 'pino';
import type { StageEntry } from '../../settings/stages.ts';
import { Cloning } from '../cloning/cloning.ts';
import type { Recognizer } from '../listen/ports.ts';
import type { Voiced } from '../speak/voiced.ts';
import type { Making } from './makers.ts';

export interface CloningDeps {
  making: Making;
  log: Logger;
  /** Who speaks, the first first. */
  voiced: readonly Voiced[];
  recognizer: Recognizer;
}

/** Who makes voices of people's own: the vendor that speaks first; the others only remove what they made before. */
export async function makeCloning(
  entries: readonly StageEntry[],
  { making, log, voiced, recognizer }: CloningDeps,
): Promise<Cloning> {
  const made = await making.stage('voiceCloning', entries);
  const vendors = new Map(made.map(({ entry, made: cloning }) => [entry.use, cloning]));
  const speaks = voiced[0]?.names.find(name => vendors.has(name));
  if (vendors.size > 0 && speaks === undefined)
    log.warn(
      'agent.voiceCloning makes no voices: none of its vendors is the first of agent.speech, which would speak with them',
    );
  return new Cloning({ vendors, ...(speaks !== undefined && { speaks }), recognizer });
}
