/**
 * Draws what each embedded voice sounds like, a spectrogram each with what the embedded recognizer reads in it, for
 * docs/voices.md:
 *   node infra/voices/sheet.ts
 */
import fs from 'node:fs';
import path from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { Power } from '../../agents/base/power.ts';
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { Hibari } from '../../agents/providers/hibari/hibari.ts';
import { modelFiles } from '../../agents/providers/sherpa/models.ts';
import { SherpaRecognizer } from '../../agents/providers/sherpa/recognizer.ts';
import { NEUTRAL_PROSODY } from '../../agents/speak/ports.ts';
import { Resampler } from '../../agents/speak/resample.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const SENTENCE = 'Hello, how nice to see you! Would you like to hear a story about the sea?';
const RATE = 24_000;
const SIZE = 600;
const HOP = 120;
const TOP_HZ = 10_000;
const HEIGHT = 120;
const WIDTH = 720;
const RANGE_DB = 70;
const LABEL = 18;

const model = (name: string) => path.join(ROOT, 'models', name);
const recognizer = new SherpaRecognizer(modelFiles(path.join(ROOT, 'models')), {
  restarted: () => {},
  ready: () => {},
});
await new Promise<void>(resolve => recognizer.onChange(resolve));
const hibari = new Hibari(model('hibari'));
const { signal } = new AbortController();
const voices = hibari.capabilities.voices.known;

/** Levels in dB below the loudest, [frame][bin]. */
function spectrogram(pcm: Int16Array): number[][] {
  const fourier = new Power(SIZE);
  const window = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
  const power = new Float32Array(SIZE / 2 + 1);
  const frames: number[][] = [];
  for (let at = 0; at + SIZE <= pcm.length; at += HOP) {
    fourier.of(pcm, at, window, power);
    frames.push(Array.from(power, value => 10 * Math.log10(value + 1)));
  }
  const loudest = frames.flat().reduce((most, level) => Math.max(most, level), 0);
  return frames.map(frame => frame.map(level => level - loudest));
}

const canvas = createCanvas(WIDTH, voices.length * (HEIGHT + LABEL));
const context = canvas.getContext('2d');
context.fillStyle = '#fff';
context.fillRect(0, 0, canvas.width, canvas.height);
const rows: string[] = [];
for (const [i, voice] of voices.entries()) {
  const parts: Int16Array[] = [];
  for await (const { pcm } of hibari.speak(SENTENCE, { voice, prosody: NEUTRAL_PROSODY, signal })) parts.push(pcm);
  const pcm = Int16Array.from(parts.flatMap(part => [...part]));
  const resampler = new Resampler(RATE, LISTEN_RATE);
  const heard = Int16Array.from([...resampler.push(pcm), ...resampler.flush()]);
  const { text } = await recognizer.transcribe(heard, { signal, final: true });
  rows.push(`| ${voice} | ${(pcm.length / RATE).toFixed(1)} s | ${text} |`);
  const frames = spectrogram(pcm);
  const picture = context.createImageData(WIDTH, HEIGHT);
  for (let x = 0; x < WIDTH; x++)
    for (let y = 0; y < HEIGHT; y++) {
      const frame = frames[Math.floor((x * 4.5 * RATE) / WIDTH / HOP)];
      const bin = Math.round(((1 - y / HEIGHT) * TOP_HZ * SIZE) / RATE);
      const dark = frame === undefined ? 0 : Math.max(0, 1 + (frame[bin] ?? -RANGE_DB) / RANGE_DB);
      const at = 4 * (y * WIDTH + x);
      picture.data.set([255 - 225 * dark, 255 - 190 * dark, 255 - 120 * dark, 255], at);
    }
  const top = i * (HEIGHT + LABEL);
  context.putImageData(picture, 0, top + LABEL);
  context.fillStyle = '#222';
  context.font = '13px sans-serif';
  context.fillText(voice, 4, top + 13);
}
fs.writeFileSync(path.join(ROOT, 'docs/voices.png'), canvas.toBuffer('image/png'));
console.log(rows.join('\n'));
await Promise.all([hibari.close(), recognizer.close()]);
