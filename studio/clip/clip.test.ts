import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Decoder, Demuxer } from 'node-av/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SPEECH_RATE } from '../../agents/base/rates.ts';
import type { Avatar, I420, Instant, SpeechTimeline } from '../../agents/face/avatar.ts';
import { type Container, writeClip } from './clip.ts';

const SIZE = 64;
/** A tone between these moments of the speech, during which the face is white. */
const LOUD_FROM_S = 0.4;
const LOUD_UNTIL_S = 0.8;
const SPEECH_S = 1.2;

/** White while its speech is loud, else black. */
class Blinker implements Avatar {
  readonly width = SIZE;
  readonly height = SIZE;
  readonly instants: Instant[] = [];
  readonly turns: string[] = [];
  readonly #data = new Uint8Array((SIZE * SIZE * 3) / 2);
  speech({ turnId }: SpeechTimeline): void {
    this.turns.push(turnId);
  }
  drop(turnId: string): void {
    this.turns.splice(this.turns.indexOf(turnId), 1);
  }
  picture(instant: Instant): I420 {
    this.instants.push(instant);
    const second = (instant.speech?.sample ?? -1) / SPEECH_RATE;
    this.#data.fill(second >= LOUD_FROM_S && second < LOUD_UNTIL_S ? 235 : 16, 0, SIZE * SIZE);
    this.#data.fill(128, SIZE * SIZE);
    return { width: SIZE, height: SIZE, data: this.#data };
  }
  close(): void {}
}

const speech = () => ({
  pcm: Int16Array.from({ length: SPEECH_S * SPEECH_RATE }, (_, i) =>
    i >= LOUD_FROM_S * SPEECH_RATE && i < LOUD_UNTIL_S * SPEECH_RATE ? 12_000 * Math.sin(i / 10) : 0,
  ),
  events: [],
});

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-clip-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Read {
  codecs: string[];
  /** Seconds at which it begins and ends. */
  white: [number, number];
  loud: [number, number];
  frames: number;
}

async function read(file: string): Promise<Read> {
  await using input = await Demuxer.open(file);
  const [video, audio] = [input.video()!, input.audio()!];
  const codecs: string[] = [];
  const white: number[] = [];
  const loud: number[] = [];
  let frames = 0;
  for (const stream of [video, audio]) {
    await using again = await Demuxer.open(file);
    const own = stream === video ? again.video()! : again.audio()!;
    using decoder = await Decoder.create(own);
    codecs.push(String(decoder.getCodec()?.name));
    for await (const frame of decoder.frames(again.packets(own.index))) {
      if (frame === null) continue;
      const { num, den } = frame.timeBase;
      const atS = (Number(frame.pts) * num) / den;
      if (stream === video) {
        frames += 1;
        if (frame.data![0]![10]! > 126) white.push(atS);
      } else {
        const plane = frame.data![0]!;
        const samples = new Float32Array(plane.buffer, plane.byteOffset, frame.nbSamples);
        samples.forEach((sample, i) => {
          if (Math.abs(sample) > 0.05) loud.push(atS + i / SPEECH_RATE);
        });
      }
      frame.free();
    }
  }
  return {
    codecs,
    frames,
    white: [white[0]!, white.at(-1)! + 0.04],
    loud: [loud[0]!, loud.at(-1)!],
  };
}

describe.each(['webm', 'mp4'] as Container[])('a %s clip', container => {
  it('shows the face in step with the voice', async () => {
    const face = new Blinker();
    const file = path.join(folder, `clip.${container}`);
    await writeClip(file, face, speech(), { container });
    const { codecs, white, loud, frames } = await read(file);
    expect(codecs[0]).toMatch(container === 'webm' ? /vp8/ : /h264/);
    expect(codecs[1]).toMatch(container === 'webm' ? /opus/ : /aac/);
    expect(frames).toBe(50);
    for (const end of [0, 1]) expect(Math.abs(white[end]! - loud[end]!)).toBeLessThan(0.045);
  });

  it('asks for 25 pictures a second, each for its sample, and leaves no turn behind', async () => {
    const face = new Blinker();
    await writeClip(path.join(folder, `clip.${container}`), face, speech(), {
      container,
      emotion: 'happy',
      intensity: 0.5,
    });
    const spoken = face.instants.flatMap(({ speech: said }) => (said ? [said.sample] : []));
    expect(spoken).toHaveLength(SPEECH_S * 25);
    expect(new Set(spoken.slice(1).map((sample, i) => sample - spoken[i]!))).toEqual(new Set([SPEECH_RATE / 25]));
    expect(face.instants[0]).toMatchObject({ state: 'idle', emotion: 'happy', intensity: 0.5 });
    expect(face.turns).toEqual([]);
  });

  it('that cannot be written fails', async () => {
    await expect(writeClip('/nowhere/at/all.webm', new Blinker(), speech(), { container })).rejects.toThrow(/nowhere/);
  });
});
