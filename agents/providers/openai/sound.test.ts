import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatSoundDoes, ChatSoundServer } from '../../../test/vendors/chat-sound.ts';
import { soundOf } from '../../../test/vendors/sound-of.ts';
import { systemClock } from '../../base/clock.ts';
import type { Usage } from '../../base/meter.ts';
import { SPEECH_RATE } from '../../base/rates.ts';
import type { Responder } from '../../respond/port.ts';
import { wavOf } from '../../speak/wav.ts';
import { DuplexTalk, said } from '../../testing/duplex-talk.ts';
import { PERSONA } from '../../testing/scene.ts';
import type { Toolbox } from '../../think/toolbox.ts';
import { chatSoundDuplex } from './sound-duplex.ts';
import { SoundPieces } from './sound-pieces.ts';

const STORY = 'Once upon a time, there was an octopus. It lived in the sea, and it was happy.';

describe.each([
  ['openai', 'pcm16', 'base64'],
  ['qwen', 'wav', 'data-url'],
] as const)('a model that hears and speaks behind a chat endpoint (%s)', (vendor, format, audioAs) => {
  let server: ChatSoundServer;
  let responder: Responder;
  let talk: DuplexTalk;
  let used: Usage[];
  let toolbox: Toolbox | undefined;

  const openUp = (silenceTimeoutMs = 2000) => {
    const settings = { vendor, format, audioAs, baseUrl: server.baseUrl, apiKey: 'secret', model: 'm', voice: 'marin' };
    const limits = { maxTokens: 1024, connectTimeoutMs: 2000, silenceTimeoutMs };
    const host = { clock: systemClock, toolbox, used: (usage: Usage) => used.push(usage) };
    responder = chatSoundDuplex({ ...settings, ...limits }, host).open(PERSONA);
    talk = new DuplexTalk(responder);
  };
  beforeEach(async () => {
    server = new ChatSoundServer(format);
    await server.open();
    [used, toolbox] = [[], undefined];
  });
  afterEach(async () => {
    responder.close?.();
    await server.close();
    expect(server.problems).toEqual([]);
  });
  const says = (does: ChatSoundDoes) => {
    server.does = () => does;
  };
  /** What it was asked last: who said what, and how much of whose voice. */
  const asked = () =>
    server.asked
      .at(-1)!
      .messages.slice(1)
      .map(({ role, content }) => {
        const [part] = Array.isArray(content) ? content : [];
        if (part?.type !== 'input_audio') return `${role} ${String(content)}`;
        const bytes = Buffer.from(part.input_audio.data.replace('data:;base64,', ''), 'base64').length;
        return `${role} ${Math.round((bytes - 44) / 32)} ms`;
      });

  it('answers what it is sent, in sound with its words', async () => {
    openUp();
    says({ say: STORY });
    talk.hear(500);
    const { words, samples, error } = await talk.ask();
    expect(error).toBeUndefined();
    expect(words).toBe(STORY);
    expect(samples).toBe(soundOf(STORY, SPEECH_RATE).length);
    expect(asked()).toEqual(['user 500 ms']);
    expect(server.asked[0]!.messages[0]).toMatchObject({ role: 'system' });
    expect(used).toEqual([{ inputTokens: 10, outputTokens: 20 }]);
  });

  it('is told all that was said in words, each time, as far as it was heard [T4]', async () => {
    openUp();
    talk.hear();
    await talk.ask({ turn: [said('Tell me a story')] });
    const heard = said('', { role: 'avatar', text: 'Once upon', entryId: 'y', turnId: 't1' });
    talk.hear(200);
    await talk.ask({ history: [said('Tell me a story'), heard], turn: [said('Go on')] });
    expect(asked()).toEqual(['user Ann: Tell me a story', 'assistant Once upon', 'user 200 ms']);
    await talk.ask({ turn: [said('Are you there?', { typed: true })] });
    expect(asked()).toEqual(['user Ann: Are you there?']);
  });

  it('[T5] hears once more what it was asked about too early', async () => {
    openUp();
    talk.hear(500);
    await talk.ask({ until: 1, certain: false });
    talk.hear(300);
    await talk.ask();
    expect(asked()).toEqual(['user 800 ms']);
  });

  it('calls tools, and goes on with what came of it', async () => {
    toolbox = {
      begin: () => ({
        declared: [{ name: 'price', description: 'Tells a price.', parameters: { type: 'object' } }],
        spent: false,
        run: async () => ['5 euros'],
      }),
    };
    openUp();
    server.does = ({ messages }) =>
      messages.some(({ role }) => role === 'tool')
        ? { say: 'It is 5 euros.' }
        : { call: { name: 'price', arguments: { of: 'candles' } } };
    talk.hear();
    expect((await talk.ask()).words).toBe('It is 5 euros.');
    expect(asked()[0]).toBe('user 500 ms');
    expect(asked().at(-1)).toBe('tool 5 euros');
  });

  it('[T6] ends what it asked when it is called off', async () => {
    openUp();
    says({ say: STORY, stopAfterPieces: 3, finally: 'hang' });
    talk.hear();
    const { samples } = await talk.ask({ until: 1 });
    expect(samples).toBeGreaterThan(0);
  });

  it.each(['hang', 'die'] as const)('fails in the middle of its answer where its endpoint does: %s', async end => {
    openUp(300);
    says({ say: STORY, stopAfterPieces: 3, finally: end });
    talk.hear();
    const { error, samples } = await talk.ask();
    expect(samples).toBeGreaterThan(0);
    expect(error).toMatchObject({ category: 'network' });
  });

  it.each([
    [{ status: 401 }, 'auth'],
    [{ status: 402 }, 'quota'],
    [{ status: 429 }, 'quota'],
    [{ status: 429, code: 'insufficient_quota' }, 'quota'],
    [{ status: 404, code: 'model_not_found' }, 'model'],
    [{ status: 500 }, 'network'],
    [{ status: 502, html: true }, 'network'],
  ] as const)('tells why it gets no answer: %j', async (does, category) => {
    openUp();
    says(does);
    talk.hear();
    expect((await talk.ask()).error).toMatchObject({ name: 'ProviderError', category });
  });
});

describe('sound in pieces', () => {
  const pcm = soundOf('Hello there.', 24_000);

  it('may be files of their own', () => {
    const pieces = new SoundPieces(24_000);
    const half = pcm.length >> 1;
    const parts = [pcm.subarray(0, half), pcm.subarray(half)].map(part => pieces.add(wavOf(part, 24_000)));
    expect(parts.flatMap(part => [...part])).toEqual([...pcm]);
  });

  it('at another rate is an error: it would be heard too fast', () => {
    expect(() => new SoundPieces(24_000).add(wavOf(pcm, 16_000))).toThrow('24000 samples a second');
  });
});
