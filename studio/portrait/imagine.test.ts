import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProviderError } from '../../agents/base/errors.ts';
import type { ImageGenerator, ImageRequest } from '../../agents/images/port.ts';
import { PortraitError } from '../../protocol/portraits.ts';
import { astronautFile } from '../testing/pictures.ts';
import { Imaginer } from './imagine.ts';

let cache: string;
let requests: ImageRequest[];
let respond: (request: ImageRequest) => Promise<Uint8Array>;

const generator = (name = 'fake model'): ImageGenerator => ({
  name,
  generate: request => {
    requests.push(request);
    return respond(request);
  },
});
const drawing = (from: ImageGenerator, over = {}) => ({
  generator: from,
  seed: 42,
  steps: 25,
  size: 1024,
  timeoutMs: 60_000,
  ...over,
});
const imaginer = (from: ImageGenerator = generator(), over = {}) => new Imaginer([drawing(from, over)], { cache });
const failing = (category: ConstructorParameters<typeof ProviderError>[0]) => async () => {
  throw new ProviderError(category, 'no', { retryable: false });
};

beforeEach(() => {
  cache = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-images-')), 'images');
  requests = [];
  respond = astronautFile;
});
afterEach(() => fs.rmSync(path.dirname(cache), { recursive: true, force: true }));

describe('a picture from words', () => {
  it('is asked for as a portrait, with the configured seed, steps and size', async () => {
    expect(Buffer.from(await imaginer().imagine({ prompt: 'a friendly librarian' }))).toEqual(await astronautFile());
    expect(requests[0]).toMatchObject({ seed: 42, steps: 25, size: 1024 });
    expect(requests[0]!.prompt).toMatch(/^a friendly librarian\..*facing the camera/);
  });

  it('is made once, and kept over a restart', async () => {
    await imaginer().imagine({ prompt: 'a' });
    await imaginer().imagine({ prompt: 'a' });
    await imaginer().imagine({ prompt: 'a', seed: 42, steps: 25 });
    expect(requests).toHaveLength(1);
  });

  it('is drawn by the next generator where the first fails', async () => {
    const away: ImageGenerator = { name: 'away', generate: failing('network') };
    const both = new Imaginer([drawing(away), drawing(generator('second'), { steps: 10 })], { cache });
    expect(Buffer.from(await both.imagine({ prompt: 'a' }))).toEqual(await astronautFile());
    expect(requests[0]).toMatchObject({ steps: 10 });
  });

  it('is another one for other words, seed, steps, size or generator', async () => {
    await imaginer().imagine({ prompt: 'a' });
    await imaginer().imagine({ prompt: 'b' });
    await imaginer().imagine({ prompt: 'a', seed: 43 });
    await imaginer().imagine({ prompt: 'a', steps: 30 });
    await imaginer(generator(), { size: 512 }).imagine({ prompt: 'a' });
    await imaginer(generator('another')).imagine({ prompt: 'a' });
    expect(requests).toHaveLength(6);
  });

  it('is shared by those who ask for the same at the same time', async () => {
    const one = imaginer();
    const pictures = await Promise.all(Array.from({ length: 5 }, () => one.imagine({ prompt: 'a' })));
    expect(requests).toHaveLength(1);
    expect(new Set(pictures).size).toBe(1);
  });

  it('is kept in a bounded number; the longest unused goes', async () => {
    fs.mkdirSync(cache, { recursive: true });
    for (let n = 0; n < 200; n++) {
      fs.writeFileSync(path.join(cache, `old${n}`), 'x');
      fs.utimesSync(path.join(cache, `old${n}`), 1000 + n, 1000 + n);
    }
    await imaginer().imagine({ prompt: 'a' });
    expect(fs.readdirSync(cache)).toHaveLength(200);
    expect(fs.existsSync(path.join(cache, 'old0'))).toBe(false);
    expect(fs.existsSync(path.join(cache, 'old1'))).toBe(true);
  });

  it('is had even where nothing can be kept', async () => {
    fs.writeFileSync(cache, 'in the way');
    expect((await imaginer().imagine({ prompt: 'a' })).length).toBeGreaterThan(1000);
  });
});

describe('a picture that cannot be had', () => {
  const refusal = async (from?: Imaginer) => {
    const error = await (from ?? imaginer()).imagine({ prompt: 'a' }).catch(problem => problem);
    expect(error).toBeInstanceOf(PortraitError);
    expect(fs.existsSync(cache)).toBe(false);
    return error as PortraitError;
  };

  it('for want of a generator', async () => {
    const none = new Imaginer([], { cache });
    expect(none.available).toBe(false);
    expect((await refusal(none)).code).toBe('images-off');
  });

  it('because the words are refused', async () => {
    respond = failing('bad-input');
    expect(await refusal()).toMatchObject({ code: 'images-refused', retryable: false });
  });

  it.each([
    'quota',
    'network',
    'internal',
  ] as const)('for a failure of the kind %s may be had later', async category => {
    respond = failing(category);
    expect(await refusal()).toMatchObject({ code: 'images-failed', retryable: true });
  });

  it('for a wrong key is for the operator to mend', async () => {
    respond = failing('auth');
    expect(await refusal()).toMatchObject({ code: 'images-failed', retryable: false });
  });

  it('because what came is no picture', async () => {
    respond = async () => Buffer.from('<html>');
    expect(await refusal()).toMatchObject({ code: 'images-failed', message: expect.stringContaining('not a usable') });
  });

  it('because the generator hangs', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => AbortSignal.abort());
    respond = ({ signal }) => Promise.reject(signal.reason);
    expect(await refusal()).toMatchObject({ code: 'images-failed', message: expect.stringContaining('too long') });
  });

  it('is tried again by the next who asks', async () => {
    const one = imaginer();
    respond = failing('network');
    await refusal(one);
    respond = astronautFile;
    expect((await one.imagine({ prompt: 'a' })).length).toBeGreaterThan(1000);
  });
});
