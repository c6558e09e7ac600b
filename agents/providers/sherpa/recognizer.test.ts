import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ProviderError } from '../../base/errors.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import { NEUTRAL_PROSODY } from '../../speak/ports.ts';
import { Flite } from '../flite/flite.ts';
import type { ModelFiles } from './messages.ts';
import { SherpaRecognizer } from './recognizer.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const model = (name: string) => path.join(root, 'models', name);
const FILES: ModelFiles = {
  vad: model('silero-vad.onnx'),
  encoder: model('moonshine-encoder.onnx'),
  decoder: model('moonshine-decoder-bytes.onnx'),
  tokens: model('moonshine-tokens.txt'),
};
const MODELS = Object.values(FILES).every(file => fs.existsSync(file));
const RECORDINGS = path.join(root, '../shared/speech');
const WINDOW = 512;

const final = () => ({ signal: new AbortController().signal, final: true });
const partial = () => ({ signal: new AbortController().signal, final: false });
const silence = (seconds: number) => new Int16Array(seconds * LISTEN_RATE);
const joined = (parts: Int16Array[]) => Int16Array.from(parts.flatMap(part => [...part]));

/** A recognizer whose life can be waited for. */
function make(files = FILES) {
  const restarts: { atMs: number; reason: string }[] = [];
  let tell = () => {};
  const recognizer = new SherpaRecognizer(files, {
    restarted: reason => {
      restarts.push({ atMs: performance.now(), reason });
      tell();
    },
    ready: () => {},
  });
  const until = (reached: () => boolean) =>
    new Promise<void>(resolve => {
      const check = () => {
        if (reached()) resolve();
      };
      tell = check;
      recognizer.onChange(check);
      check();
    });
  return { recognizer, restarts, until, ready: () => until(() => recognizer.ready) };
}

/** Word errors in relation to what was said. */
function wordErrorRate(said: string, heard: string): number {
  const words = (text: string) => text.toLowerCase().match(/[a-z0-9']+/g) ?? [];
  const [a, b] = [words(said), words(heard)];
  let row = b.map((_, i) => i + 1);
  row.unshift(0);
  for (const [i, word] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries())
      next.push(Math.min(row[j]! + Number(word !== other), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row.at(-1)! / a.length;
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(!MODELS)('SherpaRecognizer (skipped where the models are not set up)', () => {
  const flite = new Flite();
  const shared = make();
  const { recognizer } = shared;

  async function speech(text: string, voice = 'slt'): Promise<Int16Array> {
    const parts: Int16Array[] = [];
    const options = { voice, prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
    for await (const { pcm, sampleRate } of flite.speak(text, options)) {
      expect(sampleRate).toBe(LISTEN_RATE);
      parts.push(pcm);
    }
    return joined(parts);
  }

  beforeAll(() => shared.ready());
  afterAll(async () => {
    await Promise.all([recognizer.close(), flite.close()]);
  });

  it.each([
    ['slt', 'My name is Sam. I live in New York, and I have a small dog.'],
    ['rms', 'I would like to hear a story about the sea.'],
    ['awb', 'How many people are in this room?'],
  ])('writes down what the voice %s says', async (voice, text) => {
    const { text: heard } = await recognizer.transcribe(await speech(text, voice), final());
    expect(wordErrorRate(text, heard), heard).toBeLessThanOrEqual(0.15);
  });

  const clips: [string, string][] = [
    ['cards-001.wav', 'ten of clubs'],
    ['cards-002.wav', 'four queen of clubs'],
    ['cards-003.wav', 'seven of clubs'],
    ['cards-005.wav', 'eight of spades four of clubs seven of hearts'],
    ['go-forward.wav', 'go forward ten meters'],
  ];
  it.skipIf(!fs.existsSync(RECORDINGS))('writes down recorded people (skipped without the recordings)', async () => {
    let errors = 0;
    let words = 0;
    for (const [name, said] of clips) {
      const bytes = fs.readFileSync(path.join(RECORDINGS, name));
      const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length));
      const { text } = await recognizer.transcribe(pcm, final());
      const length = said.split(' ').length;
      errors += wordErrorRate(said, text) * length;
      words += length;
    }
    expect(errors / words).toBeLessThanOrEqual(0.1);
  });

  it('makes no words of silence, and survives nothing at all', async () => {
    expect((await recognizer.transcribe(silence(1), final())).text.length).toBeLessThan(12);
    await recognizer.transcribe(new Int16Array(0), final()).catch(error => expect(error).toBeInstanceOf(ProviderError));
    const text = 'This is still working.';
    const { text: heard } = await recognizer.transcribe(await speech(text), final());
    expect(wordErrorRate(text, heard), heard).toBeLessThanOrEqual(0.25);
  });

  it('tells speech from the pauses in it, window by window', async () => {
    const sentence = await speech('The quick brown fox jumps over the lazy dog.');
    const pcm = joined([silence(1), sentence, silence(1.5), sentence, silence(1)]);
    const total = Math.floor(pcm.length / WINDOW);
    const windows: boolean[] = [];
    const positions: number[] = [];
    await new Promise<void>(resolve => {
      const stream = recognizer.open((isSpeech, endSample) => {
        windows.push(isSpeech);
        positions.push(endSample);
        if (windows.length < total) return;
        stream.close();
        resolve();
      });
      for (let at = 0; at < pcm.length; at += 320) stream.push(pcm.slice(at, at + 320));
    });
    expect(positions).toEqual(Array.from({ length: total }, (_, i) => (i + 1) * WINDOW));
    const share = (fromSeconds: number, toSeconds: number) => {
      const inside = windows.filter(
        (_, i) => positions[i]! > fromSeconds * LISTEN_RATE && positions[i]! <= toSeconds * LISTEN_RATE,
      );
      return inside.filter(Boolean).length / inside.length;
    };
    const length = sentence.length / LISTEN_RATE;
    expect(share(0, 0.95)).toBe(0);
    expect(share(1.2, 1 + length - 0.2)).toBeGreaterThan(0.85);
    expect(share(1 + length + 0.4, 2.4 + length)).toBe(0);
    expect(share(2.7 + length, 2.5 + 2 * length - 0.2)).toBeGreaterThan(0.85);
    expect(share(2.9 + 2 * length, 3.5 + 2 * length)).toBe(0);
  });

  it('gives who comes next a detector that has forgotten who left in mid-word', async () => {
    const sentence = await speech('The quick brown fox jumps over the lazy dog.');
    const judged = (pcm: Int16Array) =>
      new Promise<boolean[]>(resolve => {
        const windows: boolean[] = [];
        const stream = recognizer.open(isSpeech => {
          windows.push(isSpeech);
          if (windows.length < Math.floor(pcm.length / WINDOW)) return;
          stream.close();
          resolve(windows);
        });
        stream.push(pcm);
      });
    const whole = await judged(sentence);
    const half = await judged(sentence.slice(0, sentence.length >> 1));
    expect(half.at(-1)).toBe(true);
    expect(await judged(silence(1))).not.toContain(true);
    await judged(sentence.slice(0, sentence.length >> 1));
    expect(await judged(sentence)).toEqual(whole);
  });

  it('keeps the voices of several people apart', async () => {
    const sentence = await speech('Somebody speaks here, and nobody there.');
    const heard = { loud: 0, quiet: 0 };
    const total = Math.floor(sentence.length / WINDOW);
    await new Promise<void>(resolve => {
      let left = 2 * total;
      const open = (who: keyof typeof heard) =>
        recognizer.open(isSpeech => {
          heard[who] += Number(isSpeech);
          if (--left === 0) resolve();
        });
      const [loud, quiet] = [open('loud'), open('quiet')];
      for (let at = 0; at < sentence.length; at += WINDOW) {
        loud.push(sentence.slice(at, at + WINDOW));
        quiet.push(silence(WINDOW / LISTEN_RATE));
      }
    });
    expect(heard.loud).toBeGreaterThan(total * 0.6);
    expect(heard.quiet).toBe(0);
  });

  it('lets go at once when called off, and writes down the next', async () => {
    const controller = new AbortController();
    const reason = new Error('called off');
    const called = recognizer.transcribe(silence(20), { signal: controller.signal, final: true });
    controller.abort(reason);
    await expect(called).rejects.toBe(reason);
    await expect(recognizer.transcribe(silence(1), { signal: controller.signal, final: true })).rejects.toBe(reason);
    const { text } = await recognizer.transcribe(await speech('Good morning everybody.'), final());
    expect(text).toMatch(/good morning/i);
  });

  it('refuses a partial transcript that would have to wait, but not a final one [C2]', async () => {
    const first = recognizer.transcribe(silence(2), partial());
    await expect(recognizer.transcribe(silence(1), partial())).rejects.toMatchObject({
      category: 'quota',
      retryable: true,
    });
    await Promise.all([first, recognizer.transcribe(silence(1), final())]);
  });

  it('rests after a partial transcript: captions of many people never take the time that their last words need', async () => {
    await vi.waitFor(() => recognizer.transcribe(silence(2), partial()), 5000);
    await expect(recognizer.transcribe(silence(1), partial())).rejects.toMatchObject({ category: 'quota' });
    await recognizer.transcribe(silence(1), final());
    await vi.waitFor(() => recognizer.transcribe(silence(1), partial()), 5000);
  });

  it('fails what was asked when its process is killed, and goes on with another', async () => {
    const { recognizer: mortal, restarts, until, ready } = make();
    await expect(mortal.transcribe(silence(1), final())).rejects.toMatchObject({ retryable: true });
    await ready();
    let end = 0;
    let waiting = Promise.withResolvers<void>();
    const stream = mortal.open((_, endSample) => {
      end = endSample;
      waiting.resolve();
    });
    stream.push(silence(WINDOW / LISTEN_RATE));
    await waiting.promise;
    const lost = mortal.transcribe(silence(10), final());
    process.kill(mortal.pid!, 'SIGKILL');
    await expect(lost).rejects.toMatchObject({ name: 'ProviderError', category: 'internal', retryable: true });
    expect(restarts.map(({ reason }) => reason)).toEqual(['ended with SIGKILL']);
    expect(mortal.ready).toBe(false);
    stream.push(silence((3 * WINDOW) / LISTEN_RATE));
    await until(() => mortal.ready);
    const { text } = await mortal.transcribe(await speech('Good morning everybody.'), final());
    expect(text).toMatch(/good morning/i);
    // The detector goes on where the stream is, not where it was.
    waiting = Promise.withResolvers();
    stream.push(silence(WINDOW / LISTEN_RATE));
    await waiting.promise;
    expect(end).toBe(5 * WINDOW);
    await mortal.close();
  });

  it.each<[string, (folder: string) => Partial<ModelFiles>]>([
    [
      'a corrupt model',
      folder => {
        const decoder = path.join(folder, 'decoder.onnx');
        fs.writeFileSync(decoder, Buffer.alloc(100_000, 7));
        return { decoder };
      },
    ],
    ['the wrong model', () => ({ vad: FILES.encoder })],
    ['a missing model', folder => ({ tokens: path.join(folder, 'none.txt') })],
  ])('is started again, ever later, with %s, and does no harm', async (_, broken) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'models-'));
    const { recognizer: poor, restarts, until } = make({ ...FILES, ...broken(folder) });
    await until(() => restarts.length >= 3);
    await expect(poor.transcribe(silence(1), final())).rejects.toMatchObject({ retryable: true });
    expect(poor.ready).toBe(false);
    const [first, second, third] = restarts.map(({ atMs }) => atMs) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(195);
    await poor.close();
    const count = restarts.length;
    expect(poor.pid).toBeUndefined();
    // Another conversation was not disturbed.
    await recognizer.transcribe(silence(1), final());
    expect(restarts.length).toBe(count);
    fs.rmSync(folder, { recursive: true });
  });

  it('leaves no process behind [C1]', async () => {
    const { recognizer: brief, restarts, ready } = make();
    await ready();
    const pid = brief.pid!;
    expect(alive(pid)).toBe(true);
    const pending = expect(brief.transcribe(silence(10), final())).rejects.toBeInstanceOf(ProviderError);
    await Promise.all([brief.close(), brief.close()]);
    await pending;
    expect(alive(pid)).toBe(false);
    await expect(brief.transcribe(silence(1), final())).rejects.toBeInstanceOf(ProviderError);
    await brief.close();
    expect(restarts).toEqual([]);
  });
});
