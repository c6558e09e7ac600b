/** What the mouth does while a stretch of speech is heard, whichever way the voice told it. */
import type { Phone, VisemeEvent } from '../../protocol/timeline.ts';
import { openByLoudness } from './loudness.ts';
import type { Speech } from './ports.ts';
import { phonesToVisemes } from './visemes.ts';

/**
 * @param pcm the speech at the playout rate
 * @param at from a position in `speech` to one in `pcm`
 */
export function mouthOf(
  speech: Speech,
  pcm: Int16Array,
  sampleRate: number,
  at: (sample: number) => number,
): { phones: Phone[] | undefined; events: VisemeEvent[] } {
  const phones = speech.phones?.map(phone => ({
    ...phone,
    startSample: at(phone.startSample),
    endSample: at(phone.endSample),
  }));
  // An estimated mouth follows the loudness already.
  if (phones === undefined) return { phones, events: (speech.mouth ?? []).map(event => shifted(event, at)) };
  return { phones, events: openByLoudness(phonesToVisemes(phones, { sampleRate }), pcm, sampleRate) };
}

/** The event with its positions mapped. */
export function shifted(event: VisemeEvent, to: (sample: number) => number): VisemeEvent {
  return {
    ...event,
    startSample: to(event.startSample),
    peakSample: to(event.peakSample),
    endSample: to(event.endSample),
  };
}
