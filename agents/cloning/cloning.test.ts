import { describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorCategory } from '../base/errors.ts';
import type { Recognizer } from '../listen/ports.ts';
import { SoundReader } from '../speak/sound-reader.ts';
import { wavOf } from '../speak/wav.ts';
import { Cloning } from './cloning.ts';
import type { VoiceCloning } from './port.ts';

const RATE = 24_000;
const wav = wavOf(
  Int16Array.from({ length: 21 * RATE }, (_, i) => 5000 * Math.sin(i / 10)),
  RATE,
);
const ASKED = {
  name: 'visavis-1',
  sentence: 'I agree that a voice is made of this. River, candle, doctor.',
  words: 'River, candle, doctor',
  language: 'en',
  wav,
};
const signal = new AbortController().signal;

/** Hears the same in whatever it is given. */
function hearing(text: string) {
  const heard = { samples: 0, closed: 0 };
  const recognizer: Recognizer = {
    capabilities: { partials: 'none', words: false },
    open: () => ({
      push: pcm => {
        heard.samples += pcm.length;
      },
      settle: async () => ({ text }),
      discard: () => {},
      close: () => {
        heard.closed += 1;
      },
    }),
  };
  return { heard, recognizer };
}

class Vendor implements VoiceCloning {
  readonly made: Parameters<VoiceCloning['make']>[0][] = [];
  readonly forgotten: Parameters<VoiceCloning['forget']>[0][] = [];
  fault: ProviderErrorCategory | undefined;
  may = Promise.resolve();
  async make(recording: { name: string; wav: Uint8Array }) {
    await this.may;
    if (this.fault !== undefined) throw new ProviderError(this.fault, 'as told', { retryable: false });
    this.made.push(recording);
    return 'v-1';
  }
  async forget(which: { name: string }) {
    this.forgotten.push(which);
  }
}

const withVendor = (said: string = ASKED.sentence) => {
  const vendor = new Vendor();
  const { heard, recognizer } = hearing(said);
  const vendors = new Map([['acme', vendor]]);
  return { vendor, heard, cloning: new Cloning({ vendors, speaks: 'acme', recognizer }) };
};

describe('a voice of somebody’s own', () => {
  it('is made of a recording in which they say that they agree', async () => {
    const { vendor, heard, cloning } = withVendor();
    expect(await cloning.make(ASKED, signal)).toEqual({ made: true, vendor: 'acme', voice: 'v-1' });
    const [made] = vendor.made;
    expect(made!.name).toBe('visavis-1');
    const reader = new SoundReader(8000);
    reader.add(made!.wav);
    reader.end();
    expect([reader.sampleRate, reader.take(0).length]).toEqual([RATE, 21 * RATE]);
    expect(heard.samples).toBe(21 * 16_000);
    expect(heard.closed).toBe(1);
  });

  it.each([
    ['who says something else', 'I like whales, and the sea, and most of all I like to sing in the morning.'],
    ['who says nothing', ''],
    ['of which somebody has an old recording', 'I agree that a voice is made of this. Winter, basket, planet.'],
    ['who says the words alone', 'River, candle, doctor.'],
  ])('[S1] is not made of anybody %s', async (_, said) => {
    const { vendor, cloning } = withVendor(said);
    expect(await cloning.make(ASKED, signal)).toEqual({ made: false, why: 'not-consented' });
    expect(vendor.made).toEqual([]);
  });

  it('is made where one of the words was misheard', async () => {
    const { cloning } = withVendor('I agree that a voice is made of this. River, candle, lobster. And so on.');
    expect(await cloning.make(ASKED, signal)).toMatchObject({ made: true });
  });

  it.each([
    ['bad-input', 'refused'],
    ['quota', 'full'],
    ['network', 'failed'],
    ['auth', 'failed'],
  ] as const)('says what the vendor says: %s is %s', async (fault, why) => {
    const { vendor, cloning } = withVendor();
    vendor.fault = fault;
    expect(await cloning.make(ASKED, signal)).toEqual({ made: false, why });
  });

  it('is made one at a time [C2]', async () => {
    const { vendor, cloning } = withVendor();
    const gate = Promise.withResolvers<void>();
    vendor.may = gate.promise;
    const first = cloning.make(ASKED, signal);
    expect(await cloning.make(ASKED, signal)).toEqual({ made: false, why: 'busy' });
    gate.resolve();
    expect(await first).toMatchObject({ made: true });
    expect(await cloning.make(ASKED, signal)).toMatchObject({ made: true });
  });

  it('is not made where its vendor would not speak with it, but removed there all the same', async () => {
    const vendor = new Vendor();
    const { recognizer } = hearing(ASKED.sentence);
    const cloning = new Cloning({ vendors: new Map([['acme', vendor]]), recognizer });
    expect(cloning.vendor).toBeUndefined();
    await cloning.forget({ vendor: 'acme', name: 'visavis-1', voice: 'v-1' }, signal);
    expect(vendor.forgotten).toEqual([{ name: 'visavis-1', voice: 'v-1' }]);
    await expect(cloning.forget({ vendor: 'other', name: 'x' }, signal)).rejects.toMatchObject({ category: 'auth' });
  });
});
