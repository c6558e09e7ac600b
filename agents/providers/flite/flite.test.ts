import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { Flite } from './flite.ts';

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
