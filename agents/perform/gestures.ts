import type { Gesture, VisemeEvent } from '../../protocol/timeline.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import type { SpokenWord } from '../speak/words.ts';

/** A syllable that opens the mouth by less carries no stress. */
const VOWEL_FROM = 0.25;
/** Against the mean of the stretch: what sticks out so much is stressed. */
const STRESSED = 1.12;
/** Heads beat on some of the stressed words: no two beats within this time. */
const BETWEEN_BEATS = 0.55 * SPEECH_RATE;
/** A beat begins before its syllable and ends after it, as hands and heads do. */
const BEAT = { beforeS: 0.16, afterS: 0.34, amount: -0.42 };
/** A head that asks leans over at the end, and stays there for a moment. */
const ASKING = { beforeS: 0.9, afterS: 0.8, amount: 0.55 };

/** What some words do to a body, as people speak English: how long it takes, and how far it goes. */
const SAID: readonly (Pick<Gesture, 'kind' | 'amount'> & { words: RegExp; lastsS: number; again?: true })[] = [
  {
    words: /^(?:yes|yeah|yep|exactly|absolutely|certainly|indeed|sure|agreed)$/,
    kind: 'nod',
    amount: -0.85,
    lastsS: 0.5,
    again: true,
  },
  {
    words: /^(?:no|nope|not|never|nothing|nobody|none|cannot|can't|don't|won't|didn't|isn't)$/,
    kind: 'turn',
    amount: 0.4,
    lastsS: 0.36,
    again: true,
  },
  {
    words:
      /^(?:big|huge|large|enormous|everything|everybody|everyone|whole|wide|world|ocean|sea|sky|wonderful|hooray|welcome)$/,
    kind: 'arms',
    amount: 0.9,
    lastsS: 1.1,
  },
  {
    words: /^(?:maybe|perhaps|possibly|somehow|whatever|wonder|guess|depends)$/,
    kind: 'tilt',
    amount: -0.45,
    lastsS: 0.9,
  },
  { words: /^(?:maybe|perhaps|whatever|guess|depends)$/, kind: 'arms', amount: 0.6, lastsS: 0.9 },
  { words: /^(?:you|your|yours)$/, kind: 'nod', amount: -0.35, lastsS: 0.45 },
  { words: /^(?:i|me|my|mine|myself)$/, kind: 'tilt', amount: 0.22, lastsS: 0.6 },
];

/**
 * What head and arms do while a stretch of speech is heard: they beat on what the voice stresses, lean over where it asks,
 * and follow some words. Positions as in `events` and `words`.
 */
export function gesturesOf(words: readonly SpokenWord[], events: readonly VisemeEvent[]): Gesture[] {
  const gestures: Gesture[] = [];
  let began = 0;
  for (const { text, endSample } of words) {
    const word = text.toLowerCase().replace(/[^\p{L}']/gu, '');
    for (const { words: these, kind, amount, lastsS, again } of SAID)
      if (these.test(word)) gestures.push(...timed(kind, (began + endSample) / 2, amount, lastsS, again ? 2 : 1));
    if (/\?["”’)]?$/.test(text))
      gestures.push({
        kind: 'tilt',
        startSample: at(endSample, -ASKING.beforeS),
        endSample: at(endSample, ASKING.afterS),
        // Not always to the same side.
        amount: words.length % 2 === 0 ? ASKING.amount : -ASKING.amount,
      });
    began = endSample;
  }
  return [...gestures, ...beats(events)].toSorted((a, b) => a.startSample - b.startSample);
}

/** One movement around a sample, or several in turn, each to the other side. */
function timed(kind: Gesture['kind'], peak: number, amount: number, lastsS: number, times: number): Gesture[] {
  return Array.from({ length: times }, (_, i) => ({
    kind,
    startSample: at(peak, (i - 0.4) * lastsS),
    endSample: at(peak, (i + 0.6) * lastsS),
    amount: kind === 'turn' && i % 2 === 1 ? -amount : amount,
  }));
}

function beats(events: readonly VisemeEvent[]): Gesture[] {
  const vowels = events.filter(({ mouthOpen }) => mouthOpen >= VOWEL_FROM);
  // Loud and long: how far the mouth opens follows the loudness of the voice.
  const force = ({ mouthOpen, startSample, endSample }: VisemeEvent) =>
    mouthOpen * Math.sqrt(Math.max(0, endSample - startSample) / SPEECH_RATE);
  const mean = vowels.reduce((sum, vowel) => sum + force(vowel), 0) / Math.max(1, vowels.length);
  const strongest = vowels.filter(vowel => force(vowel) > mean * STRESSED).toSorted((a, b) => force(b) - force(a));
  const chosen: VisemeEvent[] = [];
  for (const vowel of strongest)
    if (chosen.every(({ peakSample }) => Math.abs(peakSample - vowel.peakSample) >= BETWEEN_BEATS)) chosen.push(vowel);
  return chosen.map(vowel => ({
    kind: 'nod',
    startSample: at(vowel.peakSample, -BEAT.beforeS),
    endSample: at(vowel.peakSample, BEAT.afterS),
    amount: BEAT.amount * Math.min(1.4, force(vowel) / (mean * STRESSED)),
  }));
}

const at = (sample: number, offsetS: number) => Math.max(0, Math.round(sample + offsetS * SPEECH_RATE));
