import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { said } from '../../testing/duplex-talk.ts';
import { PERSONA } from '../../testing/scene.ts';
import { PluginDialogue } from './dialogue.ts';
import { type Frame, loadPlugin, type Plugin } from './plugin.ts';
import { PluginRecognition } from './recognizer.ts';
import { pluginSpeech } from './speech.ts';

const signal = new AbortController().signal;
const frame = (samples: number, sampleRate = 24_000): Frame => ({
  data: new Int16Array(samples).fill(3000),
  sampleRate,
  channels: 1,
});
const problem = (statusCode: number) =>
  Object.assign(new Error('what was said'), { name: 'APIStatusError', statusCode });

/** What plugins look like, as far as they are used. */
function plugin(does: { fail?: number; rate?: number } = {}) {
  const options: Record<string, unknown>[] = [];
  const closed = vi.fn(async () => {});
  class Part {
    sampleRate = 24_000;
    constructor(given: Record<string, unknown>) {
      options.push(given);
    }
    on() {}
    close = closed;
    aclose = closed;
    async *synthesize() {
      if (does.fail !== undefined) throw problem(does.fail);
      yield { frame: frame(2400, does.rate) };
      yield { frame: frame(2401, does.rate) };
    }
    async recognize({ data }: Frame) {
      if (does.fail !== undefined) throw problem(does.fail);
      return { type: 2, alternatives: [{ text: ` ${data.length} samples ` }] };
    }
    stream() {
      const frames: Frame[] = [];
      return {
        pushFrame: (each: Frame) => frames.push(each),
        endInput: () => {},
        close: closed,
        async *[Symbol.asyncIterator]() {
          yield { type: 1, alternatives: [{ text: 'so' }] };
          yield { type: 2, alternatives: [{ text: 'so far' }] };
          yield { type: 2, alternatives: [{ text: 'and on' }] };
        },
      };
    }
    chat({ chatCtx }: { chatCtx: { messages: string[] } }) {
      return {
        close: closed,
        async *[Symbol.asyncIterator]() {
          if (does.fail !== undefined) throw problem(does.fail);
          yield { delta: { content: 'You said: ' } };
          yield { delta: { content: chatCtx.messages.at(-1)! }, usage: { promptTokens: 7, completionTokens: 3 } };
        },
      };
    }
  }
  const loaded = {
    exports: { TTS: Part, STT: Part, LLM: Part },
    newContext: () => {
      const messages: string[] = [];
      return { messages, addMessage: ({ content }: { content: string }) => messages.push(content) };
    },
    newFrame: (pcm: Int16Array, sampleRate: number) => ({ data: pcm, sampleRate, channels: 1 }),
  } as unknown as Plugin;
  return { loaded, options, closed };
}

const SPEECH = { plugin: 'a-plugin', options: { apiKey: 'k' }, voiceOption: 'voice', voice: '', timeoutMs: 2000 };
const spoken = async (voice: string, loaded: Plugin) => {
  const speech = await pluginSpeech({ ...SPEECH, clock: systemClock }, loaded);
  let samples = 0;
  const how = { voice, prosody: { rate: 1, pitch: 1, range: 1 }, signal };
  for await (const { pcm, sampleRate } of speech.speak('Hello there.', how)) {
    samples += pcm.length;
    expect(sampleRate).toBe(24_000);
  }
  await speech.close();
  return samples;
};

describe('a plugin of LiveKit’s agents-js', () => {
  it('speaks, each persona in its own voice, and is closed', async () => {
    const { loaded, options, closed } = plugin();
    expect(await spoken('nova', loaded)).toBe(4801);
    expect(options).toEqual([{ apiKey: 'k' }, { apiKey: 'k', voice: 'nova' }]);
    expect(closed).toHaveBeenCalledTimes(2);
  });

  it('whose sound is not what it says is refused', async () => {
    await expect(spoken('', plugin({ rate: 16_000 }).loaded)).rejects.toMatchObject({ category: 'bad-input' });
  });

  it.each([
    ['whole', '1600 samples'],
    ['stream', 'so far and on'],
  ] as const)('hears: %s', async (how, text) => {
    const ears = await PluginRecognition.create({ plugin: 'p', options: {}, how, timeoutMs: 2000 }, plugin().loaded);
    expect(await ears.transcribe(new Int16Array(1600), { signal })).toEqual({ text });
  });

  it('answers, and tells what it took', async () => {
    const used = vi.fn();
    const config = { plugin: 'p', options: {}, firstTokenTimeoutMs: 2000, clock: systemClock, used };
    const dialogue = await PluginDialogue.create(config, plugin().loaded);
    let text = '';
    const conversation = { persona: PERSONA, history: [], turn: [said('Hello')] };
    for await (const part of dialogue.reply(conversation, { signal, committed: Promise.resolve() }))
      if (part.type === 'text') text += part.text;
    expect(text).toMatch(/^You said: .*Hello/);
    expect(used).toHaveBeenCalledWith({ inputTokens: 7, outputTokens: 3 });
  });

  it.each([
    [401, 'auth', false],
    [402, 'quota', false],
    [429, 'quota', true],
    [404, 'model', false],
    [422, 'bad-input', false],
    [500, 'network', true],
    [-1, 'network', true],
  ] as const)('fails in words of ours, and repeats nothing of what was said: %i', async (fail, category, retryable) => {
    const ears = PluginRecognition.create(
      { plugin: 'p', options: {}, how: 'whole', timeoutMs: 2000 },
      plugin({ fail }).loaded,
    );
    const failure = await (await ears).transcribe(new Int16Array(1600), { signal }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ProviderError', category, retryable });
    expect((failure as Error).message).not.toContain('what was said');
  });

  it('that is not installed is an error with the line that installs it', async () => {
    const missing = loadPlugin('@livekit/agents-plugin-xai', async () => {
      throw new Error('Cannot find package');
    });
    await expect(missing).rejects.toThrow(/npm install --no-save .*@livekit\/agents-plugin-xai/);
  });
});
