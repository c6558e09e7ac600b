import { describe, expect, it } from 'vitest';
import { OwnVoices } from './own-voice.ts';
import type { SpeakOptions, Speech, TextToSpeech } from './speak/ports.ts';
import { SoundReader } from './speak/sound-reader.ts';
import { PERSONA } from './testing/scene.ts';

const OWN = { timbre: 0.9, pitch: 1.2, pace: 1.1 };
const WISHED = { voice: OWN };
const capabilities = { phones: true, prosody: true, design: true, voices: { known: ['heart', 'ollie'], closed: true } };
const PLAIN = { names: ['flite'], capabilities: { ...capabilities, design: false } };
const DESIGNED = { names: ['mine', 'hibari'], capabilities };
const signal = new AbortController().signal;

/** A voice that speaks when it may. */
class Voice implements TextToSpeech {
  readonly capabilities = capabilities;
  readonly asked: SpeakOptions[] = [];
  may = Promise.resolve();
  async *speak(text: string, options: SpeakOptions): AsyncGenerator<Speech> {
    this.asked.push(options);
    await this.may;
    yield { text, pcm: Int16Array.of(1, -2), sampleRate: 24_000 };
    yield { text: '', pcm: Int16Array.of(3), sampleRate: 24_000 };
  }
  async close(): Promise<void> {}
}

describe('the voice of somebody’s own avatar', () => {
  it('is the usual one of who can design voices, as it is wished, whatever the persona’s', () => {
    const voices = new OwnVoices(new Voice(), [DESIGNED, PLAIN]);
    expect(voices.as({ ...PERSONA, speed: 1.3, pitch: 0.8 }, WISHED)).toEqual({
      ...PERSONA,
      voice: { mine: 'heart', hibari: 'heart' },
      design: OWN,
      speed: 1,
      pitch: 1,
    });
    expect(voices.as(PERSONA, {})).toBe(PERSONA);
  });

  it('is the persona’s where those who speak first cannot', () => {
    const voices = new OwnVoices(new Voice(), [PLAIN, DESIGNED]);
    expect(voices.possible).toBe(false);
    expect(voices.as(PERSONA, WISHED)).toBe(PERSONA);
  });

  it('says hello as a WAV file', async () => {
    const tts = new Voice();
    const wav = await new OwnVoices(tts, [DESIGNED]).hello(WISHED, signal);
    expect(tts.asked[0]).toMatchObject({ design: OWN, voice: { hibari: 'heart' } });
    const reader = new SoundReader(8000);
    reader.add(wav!);
    reader.end();
    expect([...reader.take(0)]).toEqual([1, -2, 3]);
    expect([reader.sampleRate, reader.plain]).toEqual([24_000, false]);
  });

  it('is not said by more than two at once [C2]', async () => {
    const tts = new Voice();
    const { promise, resolve } = Promise.withResolvers<void>();
    tts.may = promise;
    const voices = new OwnVoices(tts, [DESIGNED]);
    const two = [voices.hello(WISHED, signal), voices.hello(WISHED, signal)];
    expect(await voices.hello(WISHED, signal)).toBeUndefined();
    resolve();
    expect(await Promise.all(two)).toHaveLength(2);
    expect(await voices.hello(WISHED, signal)).toBeDefined();
  });
});

describe('the voice of whoever made the avatar', () => {
  const VENDOR = {
    names: ['eleven', 'elevenlabs'],
    capabilities: { ...capabilities, design: false, voices: { known: ['usual'], closed: false } },
  };
  const own = { vendor: 'elevenlabs', voice: 'v-1' };

  it('is spoken with by its vendor; where that fails, the others speak as the persona does, and nothing is kept', () => {
    const voices = new OwnVoices(new Voice(), [VENDOR, DESIGNED]);
    expect(voices.as({ ...PERSONA, voice: 'ollie' }, { ...WISHED, own })).toMatchObject({
      voice: { eleven: 'v-1', elevenlabs: 'v-1', mine: 'ollie', hibari: 'ollie' },
      ownVoice: true,
    });
  });

  it('is not spoken with where its vendor is not the one that speaks first', async () => {
    const voices = new OwnVoices(new Voice(), [DESIGNED, VENDOR]);
    expect(voices.as(PERSONA, { own })).toBe(PERSONA);
    expect(await voices.hello({ own }, signal)).toBeUndefined();
  });

  it('says hello', async () => {
    const tts = new Voice();
    expect(await new OwnVoices(tts, [VENDOR]).hello({ own }, signal)).toBeDefined();
    expect(tts.asked[0]).toMatchObject({ voice: { elevenlabs: 'v-1' } });
  });
});
