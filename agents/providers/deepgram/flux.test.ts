import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxServer } from '../../../test/vendors/flux.ts';
import { sayingOf } from '../../../test/vendors/hearing.ts';
import { LISTEN_RATE } from '../../base/rates.ts';
import type { Recognition } from '../../listen/ports.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { fluxRecognizer } from './flux.ts';

const signal = new AbortController().signal;
const SILENCE = (seconds: number) => new Int16Array(seconds * LISTEN_RATE);
let server: FluxServer;
let clock: VirtualClock;
let stream: Recognition;
let done: number[];
let partials: string[];
beforeEach(async () => {
  server = new FluxServer();
  await server.open();
  clock = new VirtualClock();
  [done, partials] = [[], []];
  const flux = fluxRecognizer({
    apiKey: 'k',
    baseUrl: server.baseUrl,
    model: 'flux-general-en',
    timeoutMs: 3000,
    clock,
  });
  const on = { partial: (text: string) => partials.push(text), done: (sure: number) => done.push(sure) };
  stream = flux.open('ann', on);
});
afterEach(async () => {
  stream.close();
  await expect.poll(() => server.connections).toBe(0);
  await clock.advance(10_000);
  expect([server.problems, clock.pending]).toEqual([[], 0]);
  await server.close();
});
const say = (word: string) => stream.push(sayingOf(word).pcm);
/** As it comes from a microphone. */
const silence = (seconds: number) => {
  for (let at = 0; at < seconds; at += 0.02) stream.push(SILENCE(0.02));
};
/** No more sound comes: after a while it is given silence. */
const settled = async () => {
  const settling = stream.settle({ signal });
  let isOver = false;
  void settling.finally(() => {
    isOver = true;
  });
  await expect
    .poll(async () => {
      await clock.advance(100);
      return isOver;
    })
    .toBe(true);
  return (await settling).text;
};

describe('Flux', () => {
  it('tells how sure it is of an end, early and certainly, and takes it back', async () => {
    say('apples');
    silence(0.35);
    await expect.poll(() => done).toEqual([0.5]);
    say('bananas');
    silence(0.7);
    await expect.poll(() => done).toEqual([0.5, 0.05, 0.5, 0.9]);
    expect(partials.at(-1)).toBe('apples bananas');
    expect(await settled()).toBe('apples bananas');
  });

  it('is given no silence of ours while sound comes: it would hear ends that are none', async () => {
    say('apples');
    await expect.poll(() => partials).toContain('apples');
    const heard = server.heardBytes;
    const settling = stream.settle({ signal });
    silence(0.5);
    expect((await settling).text).toBe('apples');
    expect([server.heardBytes, done]).toEqual([heard, [0.5]]);
  });

  it('is helped on where no more sound comes', async () => {
    say('apples');
    await expect.poll(() => partials).toContain('apples');
    expect(await settled()).toBe('apples');
    expect(server.heardBytes).toBe(2 * sayingOf('apples').pcm.length);
  });

  it('keeps a stretch apart from the one before, though it takes both for one turn', async () => {
    say('apples');
    expect(await settled()).toBe('apples');
    stream.discard();
    say('bananas');
    expect(await settled()).toBe('bananas');
    expect(partials.at(-1)).toBe('bananas');
  });

  it('keeps its line with a little silence where nobody speaks', async () => {
    say('apples');
    await settled();
    const [{ length: before }, turns] = [partials, done.length];
    for (let i = 0; i < 12; i++) await clock.advance(4000);
    await expect.poll(() => done.length).toBeGreaterThan(turns);
    expect(partials.length).toBeGreaterThanOrEqual(before);
    expect(server.upgrades).toHaveLength(1);
  });
});
