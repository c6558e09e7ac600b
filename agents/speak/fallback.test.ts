import { describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { FallbackSpeech } from './fallback.ts';
import { NEUTRAL_PROSODY, type Speech, type TextToSpeech, type VoiceChoice } from './ports.ts';

const speech = (text: string, samples = 10): Speech => ({ text, pcm: new Int16Array(samples), sampleRate: 16_000 });
const failure = new ProviderError('quota', 'no', { retryable: true });

/** A voice that says the parts, throws the errors among them, and remembers how it was asked. */
function voice(name: string, ...parts: (Speech | Error)[]): TextToSpeech & { asked: VoiceChoice[] } {
  const asked: VoiceChoice[] = [];
  return {
    asked,
    capabilities: { phones: false, voices: { known: [name], closed: true }, prosody: false },
    async *speak(_sentence, { voice: wanted }) {
      asked.push(wanted);
      for (const part of parts) {
        if (part instanceof Error) throw part;
        yield part;
      }
    },
    close: async () => {},
  };
}

async function outcome(
  first: TextToSpeech,
  second: TextToSpeech,
  { wanted = 'a', sentence = 'x', signal = new AbortController().signal } = {},
) {
  const failures: [string, boolean][] = [];
  const tts = new FallbackSpeech(first, second, (error, fellBack) => failures.push([error.category, fellBack]));
  const said: string[] = [];
  try {
    for await (const { text } of tts.speak(sentence, { voice: wanted, prosody: NEUTRAL_PROSODY, signal }))
      said.push(text);
    return { said, failures };
  } catch (error) {
    return { said, failures, error };
  }
}

describe('FallbackSpeech', () => {
  it('leaves the second voice alone while the first speaks', async () => {
    const second = voice('b', speech('two'));
    expect(await outcome(voice('a', speech('one')), second)).toEqual({ said: ['one'], failures: [] });
    expect(second.asked).toEqual([]);
  });

  it('says with the second what the first failed at before any sound', async () => {
    expect(await outcome(voice('a', failure), voice('b', speech('two')))).toEqual({
      said: ['two'],
      failures: [['quota', true]],
    });
    expect((await outcome(voice('a', new Error('bug')), voice('b', speech('two')))).failures).toEqual([
      ['internal', true],
    ]);
  });

  it('does not begin again once something was heard', async () => {
    expect(await outcome(voice('a', speech('one'), failure), voice('b', speech('two')))).toEqual({
      said: ['one'],
      failures: [['quota', false]],
      error: failure,
    });
  });

  it('takes a sentence without sound for a failure, and what cannot be said for none', async () => {
    const silent = voice('a');
    expect(await outcome(silent, voice('b', speech('two')))).toEqual({ said: ['two'], failures: [['internal', true]] });
    expect(await outcome(silent, voice('b', speech('two')), { sentence: '...' })).toEqual({ said: [], failures: [] });
  });

  it('lets the second say what only that can read', async () => {
    const english = voice('a', speech('one'));
    Object.assign(english.capabilities, { languages: ['en'] });
    const second = voice('b', speech('two'));
    expect(await outcome(english, second, { sentence: '你好' })).toEqual({ said: ['two'], failures: [] });
    expect(await outcome(english, second, { sentence: 'Hello' })).toEqual({ said: ['one'], failures: [] });
    Object.assign(second.capabilities, { languages: ['en'] });
    expect(await outcome(english, second, { sentence: '你好' })).toEqual({ said: ['one'], failures: [] });
    expect(new FallbackSpeech(english, second, () => {}).capabilities.languages).toEqual(['en']);
  });

  it('falls back from no calling off', async () => {
    const reason = new Error('called off');
    const second = voice('b', speech('two'));
    const { said, failures, error } = await outcome(voice('a', failure), second, { signal: AbortSignal.abort(reason) });
    expect({ said, failures, error }).toEqual({ said: [], failures: [], error: reason });
  });
});
