/** Louder speech opens the mouth further. */
import type { VisemeEvent } from '../../protocol/timeline.ts';

/** Half of the stretch around a shape's peak in which its loudness is measured. */
const WINDOW_MS = 35;
/** The loudness of this share of the shapes is the voice's ordinary loudness. */
const ORDINARY = 0.6;
/** How far a whispered and a called-out vowel are from an ordinary one. */
const LEAST = 0.7;
const MOST = 1.18;
/** Shapes that open the jaw less are made by lips and tongue, whatever the loudness. */
const VOWEL_FROM = 0.22;

/** Scales the open shapes by the loudness of what is spoken at their peak, relative to the others'. */
export function openByLoudness(events: readonly VisemeEvent[], pcm: Int16Array, sampleRate: number): VisemeEvent[] {
  const half = Math.round((WINDOW_MS * sampleRate) / 1000);
  const levels = events.map(event => (event.mouthOpen < VOWEL_FROM ? 0 : level(pcm, event.peakSample, half)));
  const heard = levels.filter(value => value > 0).sort((a, b) => a - b);
  const ordinary = heard[Math.floor(heard.length * ORDINARY)] ?? 0;
  if (ordinary === 0) return [...events];
  return events.map((event, i) => {
    if (levels[i] === 0) return event;
    // Perceived loudness grows with about the square root of the amplitude.
    const gain = Math.min(MOST, Math.max(LEAST, Math.sqrt(levels[i]! / ordinary)));
    return { ...event, weight: Math.min(1, event.weight * gain), mouthOpen: Math.min(1, event.mouthOpen * gain) };
  });
}

/** Root mean square of the samples around a position. */
function level(pcm: Int16Array, at: number, half: number): number {
  const from = Math.max(0, at - half);
  const to = Math.min(pcm.length, at + half);
  let sum = 0;
  for (let i = from; i < to; i++) sum += pcm[i]! * pcm[i]!;
  return to > from ? Math.sqrt(sum / (to - from)) : 0;
}
