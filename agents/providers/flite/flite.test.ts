import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { Flite } from './flite.ts';
import { CONSTANTS_END, FliteProgram, fliteModule } from './flite-program.ts';

ttsConformance('flite', () => new Flite());

describe('Flite', () => {
  it('lets its process end once it is closed [C1]', async () => {
    const script = `
      const { Flite } = await import(${JSON.stringify(new URL('./flite.ts', import.meta.url).href)});
      const flite = new Flite();
      const options = { voice: 'kal16', prosody: { rate: 1, pitch: 1, range: 1 }, signal: new AbortController().signal };
      for await (const { pcm } of flite.speak('Goodbye.', options)) console.log(pcm.length > 1000);
      await flite.close();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      timeout: 12_000,
    });
    expect(stdout.trim()).toBe('true');
  });
});

describe('FliteProgram', () => {
  const module = fliteModule();
  const say = (program: FliteProgram, voice: string, text: string) =>
    program.run(['-voice', voice, '-psdur', '-t', text]);

  it('says the same whatever it said before', () => {
    const used = new FliteProgram(module);
    const constants = used.memory.slice(0, CONSTANTS_END);
    for (const voice of ['slt', 'kal16', 'rms'])
      for (const text of [' Hm. ', ' On 3rd May, Dr. Smith paid $5 for 42 apples, half of them green. ', ' Hm. ']) {
        const { wav, segments } = say(used, voice, text);
        const fresh = say(new FliteProgram(module), voice, text);
        expect(segments).toBe(fresh.segments);
        expect(Buffer.compare(wav, fresh.wav), `${voice}:${text}`).toBe(0);
      }
    expect(Buffer.compare(used.memory.subarray(0, CONSTANTS_END), constants)).toBe(0);
  });
});
