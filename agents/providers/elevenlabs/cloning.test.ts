import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ElevenLabsVoices, type VoicesFault } from '../../../test/vendors/elevenlabs-voices.ts';
import { systemClock } from '../../base/clock.ts';
import { cloningConformance, RECORDING } from '../../testing/cloning-conformance.ts';
import { ElevenLabsCloning } from './cloning.ts';

const server = new ElevenLabsVoices();
beforeAll(() => server.open());
afterEach(() => {
  server.faults = [];
  expect(server.problems).toEqual([]);
});
afterAll(() => server.close());

const { signal } = new AbortController();
const cloning = (more: { timeoutMs?: number; removeNoise?: boolean } = {}) =>
  new ElevenLabsCloning({
    apiKey: 'secret',
    baseUrl: `${server.baseUrl}/`,
    removeNoise: false,
    timeoutMs: 5000,
    clock: systemClock,
    ...more,
  });

cloningConformance('ElevenLabs', {
  make: cloning,
  names: () => [...server.voices.values()].map(({ name }) => name),
  hang: () => server.faults.push('hang'),
  fail: () => server.faults.push('down'),
});

describe('ElevenLabs’ voices', () => {
  it('are made of the recording as it is, under the name that we know them by', async () => {
    const voice = await cloning({ removeNoise: true }).make({ name: 'visavis-x', wav: RECORDING }, { signal });
    expect(server.voices.get(voice)).toEqual({ name: 'visavis-x', wav: RECORDING, noise: 'true' });
  });

  it.each<[VoicesFault, string, boolean]>([
    ['auth', 'auth', false],
    ['quota', 'quota', false],
    ['plan', 'quota', false],
    ['full', 'quota', false],
    ['busy', 'quota', true],
    ['down', 'network', true],
    ['hang', 'network', true],
    ['page', 'internal', false],
    ['verification', 'bad-input', false],
  ])('are not made where it says %s', async (fault, category, retryable) => {
    server.faults = [fault];
    const made = cloning({ timeoutMs: 300 }).make({ name: 'visavis-y', wav: RECORDING }, { signal });
    await expect(made).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
    await cloning().forget({ name: 'visavis-y' }, { signal });
    expect([...server.voices.values()].some(({ name }) => name === 'visavis-y')).toBe(false);
  });

  it('whose removal fails twice are removed the third time', async () => {
    const voice = await cloning().make({ name: 'visavis-z', wav: RECORDING }, { signal });
    server.faults = ['down', 'busy'];
    const forget = () => cloning().forget({ name: 'visavis-z', voice }, { signal });
    await expect(forget()).rejects.toMatchObject({ category: 'network' });
    await expect(forget()).rejects.toMatchObject({ category: 'quota' });
    await forget();
    expect(server.voices.has(voice)).toBe(false);
  });
});
