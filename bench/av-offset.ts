import { SPEECH_RATE } from '../agents/face/avatar.ts';
import { Performer } from '../agents/face/performer.ts';
import type { Rig } from '../agents/face/rig-load.ts';
import type { Speech } from '../agents/speak/ports.ts';
import { toSpeechRate } from '../agents/speak/resample.ts';
import { phonesToVisemes } from '../agents/speak/visemes.ts';
import type { Picture } from '../test/harness/page-script.ts';

/** A signal over time, s. */
type Signal = [timeS: number, value: number][];

const STEP_S = 0.005;
const FRAME_S = 0.04;
const ENVELOPE_S = 0.02;

/** How loud the speech is and how light the mouth, as they leave the renderer: both on the speech's own time. */
export function sourceSignals(speech: Speech, rig: Rig): { voice: Signal; mouth: Signal } {
  const pcm = toSpeechRate(speech.pcm, speech.sampleRate);
  const scale = SPEECH_RATE / speech.sampleRate;
  const phones = (speech.phones ?? []).map(phone => ({
    ...phone,
    startSample: Math.round(phone.startSample * scale),
    endSample: Math.round(phone.endSample * scale),
  }));
  const avatar = new Performer(rig);
  avatar.speech({ turnId: 'bench', events: phonesToVisemes(phones, { sampleRate: SPEECH_RATE }) });
  const mouth: Signal = [];
  for (let atS = 0; atS * SPEECH_RATE < pcm.length; atS += FRAME_S) {
    const { data, width } = avatar.picture({
      atMs: 10_000 + atS * 1000,
      speech: { turnId: 'bench', sample: Math.round(atS * SPEECH_RATE) },
      state: 'speaking',
      emotion: 'neutral',
      intensity: 0,
    });
    let light = 0;
    // The same part of the picture that the page looks at, in 64ths.
    for (let y = 36 * 8; y < 48 * 8; y++) for (let x = 25 * 8; x < 39 * 8; x++) light += data[y * width + x]!;
    mouth.push([atS, light / (14 * 8 * 12 * 8)]);
  }
  avatar.close();
  const block = SPEECH_RATE * ENVELOPE_S;
  const voice: Signal = [];
  for (let at = 0; at + block <= pcm.length; at += block) {
    let sum = 0;
    for (let i = 0; i < block; i++) sum += (pcm[at + i]! / 32_768) ** 2;
    voice.push([(at + block / 2) / SPEECH_RATE, Math.sqrt(sum / block)]);
  }
  return { voice, mouth };
}

/** By how much the mouth was later than the voice where they were heard and seen, ms. */
export function offsetMs(
  source: { voice: Signal; mouth: Signal },
  heard: [number, number][],
  seen: Picture[],
  onsetS: number,
): number {
  const voiceDelay = delay(source.voice, smooth(heard), onsetS);
  const mouthDelay = delay(
    source.mouth,
    seen.map(([time, , , light]) => [time, light]),
    onsetS,
  );
  return (mouthDelay - voiceDelay) * 1000;
}

/** Means over the length of the source's envelope. */
function smooth(blocks: [number, number][]): Signal {
  const half = ENVELOPE_S / 2;
  let from = 0;
  return blocks.map(([time]) => {
    while (blocks[from]![0] < time - half) from += 1;
    let sum = 0;
    let count = 0;
    for (let i = from; i < blocks.length && blocks[i]![0] <= time + half; i++, count++) sum += blocks[i]![1] ** 2;
    return [time, Math.sqrt(sum / count)];
  });
}

/** The shift that makes `received` most like `sent`, looked for around `aboutS`; parabolic between steps. */
function delay(sent: Signal, received: Signal, aboutS: number): number {
  const length = sent.at(-1)![0];
  const grid = Array.from({ length: Math.floor(length / STEP_S) }, (_, i) => i * STEP_S);
  const reference = normalised(grid.map(at => valueAt(sent, at)));
  const score = (shift: number) => {
    const other = normalised(grid.map(at => valueAt(received, at + shift)));
    return reference.reduce((sum, value, i) => sum + value * other[i]!, 0);
  };
  let best = { shift: aboutS, score: Number.NEGATIVE_INFINITY };
  for (let shift = aboutS - 0.3; shift <= aboutS + 0.3; shift += STEP_S) {
    const value = score(shift);
    if (value > best.score) best = { shift, score: value };
  }
  const [before, after] = [score(best.shift - STEP_S), score(best.shift + STEP_S)];
  const curve = before - 2 * best.score + after;
  return best.shift + (curve === 0 ? 0 : (STEP_S * (before - after)) / (2 * curve));
}

function valueAt(signal: Signal, time: number): number {
  let low = 0;
  let high = signal.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (signal[middle]![0] <= time) low = middle;
    else high = middle;
  }
  const [t0, v0] = signal[low]!;
  const [t1, v1] = signal[high]!;
  return t1 === t0 ? v0 : v0 + (v1 - v0) * Math.max(0, Math.min(1, (time - t0) / (t1 - t0)));
}

function normalised(values: number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
  return values.map(value => (value - mean) / deviation);
}
