import { SPEECH_RATE } from '../agents/base/rates.ts';
import { Performer } from '../agents/face/performer.ts';
import type { Rig } from '../agents/face/rig-load.ts';
import type { Spoken } from '../studio/clip/spoken.ts';
import type { Picture } from '../test/harness/page-script.ts';
import { delayS, type Signal } from './signals.ts';

const STEP_S = 0.005;
const WITHIN_S = 0.3;
const FRAME_S = 0.04;
const ENVELOPE_S = 0.02;

/** How loud the speech is and how light the mouth, as they leave the renderer: both on the speech's own time. */
export function sourceSignals({ pcm, events }: Spoken, rig: Rig): { voice: Signal; mouth: Signal } {
  const avatar = new Performer(rig);
  avatar.speech({ turnId: 'bench', events });
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
  const voiceDelay = delayS(source.voice, smooth(heard), onsetS, WITHIN_S, STEP_S);
  const mouthDelay = delayS(
    source.mouth,
    seen.map(([time, , , light]) => [time, light]),
    onsetS,
    WITHIN_S,
    STEP_S,
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
