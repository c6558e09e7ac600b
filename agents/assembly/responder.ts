import type { Logger } from 'pino';
import type { StageEntry } from '../../settings/stages.ts';
import type { Clock } from '../base/clock.ts';
import { toneOf } from '../feel/words.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import { felt } from '../respond/felt.ts';
import { firstSound } from '../respond/first-sound.ts';
import { meteredResponder } from '../respond/metered.ts';
import type { Responder } from '../respond/port.ts';
import { TextResponder } from '../respond/text.ts';
import type { Guard } from '../safety/dialogue.ts';
import { guarded } from '../safety/responder.ts';
import type { TextToSpeech } from '../speak/ports.ts';
import type { Dialogue, Persona } from '../think/ports.ts';
import { firstOf } from './chain.ts';
import type { Making } from './makers.ts';

/** From when a turn is certain until the next responder is asked. */
const FIRST_SOUND_MS = 4000;

export interface ResponderDeps {
  making: Making;
  metrics: AgentMetrics;
  log: Logger;
  clock: Clock;
  tts: TextToSpeech;
  dialogue: Dialogue;
  guard: Guard;
}

/**
 * Who answers in a conversation: those models that hear and speak themselves, one behind the other by first sound, and
 * behind them all whoever thinks in words and speaks them; of a persona that wants it so, the latter alone.
 */
export async function makeResponders(
  entries: readonly StageEntry[],
  { making, metrics, log, clock, tts, dialogue, guard }: ResponderDeps,
): Promise<(persona: Persona) => Responder> {
  const made = await making.stage('duplex', entries);
  return persona => {
    const text = new TextResponder({ clock, tts, dialogue, persona });
    // A model's own voice is none of theirs.
    const wanted = persona.responder === 'pipeline' || persona.ownVoice ? [] : made;
    const duplex = wanted.map(each =>
      guarded(felt(meteredResponder(each.made.open(persona), each.meter), toneOf), text, guard),
    );
    return firstOf<Responder>([...duplex, text], (first, second, index) =>
      firstSound(first, second, {
        clock,
        withinMs: FIRST_SOUND_MS,
        failed: (error, fellBack) => {
          metrics.providerError('duplex', error.category);
          // Not its message: vendors repeat there what was said [P1].
          log.warn({ vendor: wanted[index]!.entry.as, category: error.category, fellBack }, 'a responder failed');
        },
      }),
    );
  };
}
