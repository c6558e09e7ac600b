import type { Phone } from '../../../protocol/timeline.ts';
import { HOP } from './synth/rates.ts';

/** The model's phones (the alphabet of Kokoro and misaki) as the CMU's, which the lips know. */
const CMU: Readonly<Record<string, string>> = {
  A: 'ey',
  I: 'ay',
  O: 'ow',
  Q: 'ow',
  W: 'aw',
  Y: 'oy',
  a: 'aa',
  e: 'eh',
  i: 'iy',
  o: 'ow',
  u: 'uw',
  æ: 'ae',
  ɑ: 'aa',
  ɐ: 'ax',
  ɒ: 'aa',
  ɔ: 'ao',
  ə: 'ax',
  ᵊ: 'ax',
  ɚ: 'er',
  ɛ: 'eh',
  ɜ: 'er',
  ɪ: 'ih',
  ᵻ: 'ih',
  ʊ: 'uh',
  ʌ: 'ah',
  b: 'b',
  d: 'd',
  f: 'f',
  h: 'hh',
  j: 'y',
  k: 'k',
  l: 'l',
  m: 'm',
  n: 'n',
  p: 'p',
  r: 'r',
  s: 's',
  t: 't',
  v: 'v',
  w: 'w',
  x: 'k',
  z: 'z',
  ç: 'hh',
  ð: 'dh',
  ŋ: 'ng',
  ɡ: 'g',
  ɹ: 'r',
  ɾ: 'd',
  T: 'd',
  ʃ: 'sh',
  ʒ: 'zh',
  ʔ: 't',
  ʤ: 'jh',
  ʧ: 'ch',
  θ: 'th',
};
/** Whether one of the model's symbols is heard. */
export const isPhone = (symbol: string): boolean => symbol in CMU;

const PAUSES: ReadonlySet<string> = new Set(';:,.!?—…');
const STRESS: ReadonlySet<string> = new Set('ˈˌ');

/** One of the model's symbols, and for how many frames. */
export interface Symbol {
  symbol: string;
  /** Which of the written words it belongs to. */
  word: number;
  frames: number;
}

/** A phone, or a pause between phones. */
export interface Span {
  phone: string;
  stress?: 0 | 1;
  word: number;
  startFrame: number;
  endFrame: number;
}

/** The model begins with silence, which belongs to its first symbol: of that, so many frames are looked at. */
const FIRST_FRAMES = 12;
/** Sounds begin so much sooner than the durations say (measured with an aligner: 15 ms), frames. */
const EARLY = 1;
/** A frame that is not louder is silent: -42 dB of full scale, root mean square. */
const QUIET = 260;

/** Phones and pauses without gaps. What has no sound of its own (stress, spaces, quotes) is its neighbours'. */
export function spansOf(symbols: readonly Symbol[]): Span[] {
  const spans: Span[] = [];
  let at = -EARLY;
  let open = 0;
  let stress = false;
  for (const { symbol, word, frames } of symbols) {
    at += frames;
    const phone = PAUSES.has(symbol) ? 'pau' : CMU[symbol];
    if (phone === undefined) {
      // The sound of a stressed vowel begins with its mark; a space is the end of the word before it.
      if (STRESS.has(symbol)) stress = true;
      else if (spans.length > 0) {
        spans.at(-1)!.endFrame = at;
        open = at;
      }
      continue;
    }
    const before = spans.at(-1);
    if (phone === 'pau' && before?.phone === 'pau') before.endFrame = at;
    else if (at > open)
      spans.push({ phone, ...(stress && { stress: 1 as const }), word, startFrame: open, endFrame: at });
    if (phone !== 'pau') stress = false;
    open = at;
  }
  const [first] = spans;
  if (first !== undefined) first.startFrame = Math.max(0, first.endFrame - FIRST_FRAMES);
  return spans;
}

/** Where in a pause it is quiet for certain. */
export const IN_PAUSE = 0.6;

/** So much of a sentence is made in one go. */
export interface Cut {
  fromFrame: number;
  toFrame: number;
  /** The words that end in it. */
  fromWord: number;
  toWord: number;
}

/**
 * Where a sentence is cut: between words, a short piece first, so that it can be heard while the rest is made.
 * @param least frames of the first piece, and of what is left behind it
 * @param most frames of those that follow, as far as words allow
 */
export function cutsOf(
  spans: readonly Span[],
  words: number,
  { from, to, least, most }: { from: number; to: number; least: number; most: number },
): Cut[] {
  const cuts: Cut[] = [];
  let open = { frame: from, word: 0 };
  const close = (frame: number, word: number) => {
    cuts.push({ fromFrame: open.frame, toFrame: frame, fromWord: open.word, toWord: word });
    open = { frame, word };
  };
  let last: { frame: number; word: number } | undefined;
  for (const [i, span] of spans.entries()) {
    const next = spans[i + 1];
    if (span.phone === 'pau' || next === undefined || (next.phone !== 'pau' && next.word === span.word)) continue;
    // A pause begins with the end of the sound before it, and ends with the beginning of what follows.
    const pause = next.phone === 'pau' ? next.endFrame - next.startFrame : 0;
    const here = { frame: span.endFrame + Math.round(IN_PAUSE * pause), word: span.word + 1 };
    if (to - here.frame < least) break;
    if (cuts.length === 0) {
      if (here.frame - from >= least) close(here.frame, here.word);
      continue;
    }
    if (here.frame - open.frame > most && last !== undefined && last.frame > open.frame) close(last.frame, last.word);
    last = here;
  }
  close(to, words);
  return cuts;
}

/** The phones of a piece, in samples from its start, without gaps. Sound in a pause is its neighbours'. */
export function phonesIn(spans: readonly Span[], cut: Cut, pcm: Int16Array): Phone[] {
  const { fromFrame, toFrame } = cut;
  const loud = (frame: number) => !isQuiet(pcm, frame - fromFrame);
  const phones: Phone[] = [];
  let at = fromFrame;
  for (const [i, span] of spans.entries()) {
    let end = Math.min(toFrame, span.endFrame);
    if (end <= at) continue;
    if (span.phone === 'pau') {
      const last = phones.at(-1);
      if (last !== undefined && last.phone !== 'pau') {
        while (at < end && loud(at)) at += 1;
        last.endSample = (at - fromFrame) * HOP;
      }
      if (spans[i + 1] !== undefined && end < toFrame) while (end > at && loud(end - 1)) end -= 1;
      if (end === at) continue;
    }
    phones.push({
      phone: span.phone,
      startSample: (at - fromFrame) * HOP,
      endSample: (end - fromFrame) * HOP,
      ...(span.stress !== undefined && { stress: span.stress }),
    });
    at = end;
  }
  if (at < toFrame)
    phones.push({ phone: 'pau', startSample: (at - fromFrame) * HOP, endSample: (toFrame - fromFrame) * HOP });
  return phones;
}

/** Frames of silence that a piece begins with. */
export function quietHead(pcm: Int16Array): number {
  const frames = pcm.length / HOP;
  let frame = 0;
  while (frame < frames && isQuiet(pcm, frame)) frame += 1;
  return frame;
}

function isQuiet(pcm: Int16Array, frame: number): boolean {
  let sum = 0;
  for (let i = frame * HOP; i < (frame + 1) * HOP; i++) sum += pcm[i]! ** 2;
  return sum < QUIET * QUIET * HOP;
}
