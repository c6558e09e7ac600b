import { describe, expect, it } from 'vitest';
import { OwnVoices } from './own-voice.ts';
import type { SpeakOptions, Speech, TextToSpeech } from './speak/ports.ts';
import { SoundReader } from './speak/sound-reader.ts';
import { PERSONA } from './testing/scene.ts';

const OWN = { timbre: 0.9, pitch: 1.2, pace: 1.1 };
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
    expect(voices.as({ ...PERSONA, speed: 1.3, pitch: 0.8 }, OWN)).toEqual({
      ...PERSONA,
      voice: { mine: 'heart', hibari: 'heart' },
      design: OWN,
      speed: 1,
      pitch: 1,
    });
    expect(voices.as(PERSONA, undefined)).toBe(PERSONA);
  });

  it('is the persona’s where those who speak first cannot', () => {
    const voices = new OwnVoices(new Voice(), [PLAIN, DESIGNED]);
    expect(voices.possible).toBe(false);
    expect(voices.as(PERSONA, OWN)).toBe(PERSONA);
  });

  it('says hello as a WAV file', async () => {
    const tts = new Voice();
    const wav = await new OwnVoices(tts, [DESIGNED]).hello(OWN, signal);
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
    const two = [voices.hello(OWN, signal), voices.hello(OWN, signal)];
    expect(await voices.hello(OWN, signal)).toBeUndefined();
    resolve();
    expect(await Promise.all(two)).toHaveLength(2);
    expect(await voices.hello(OWN, signal)).toBeDefined();
  });
});
