import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenAiLiveServer } from '../../../../test/vendors/openai-live.ts';
import { soundOf } from '../../../../test/vendors/sound-of.ts';
import { systemClock } from '../../../base/clock.ts';
import type { Usage } from '../../../base/meter.ts';
import { SPEECH_RATE } from '../../../base/rates.ts';
import type { Responder } from '../../../respond/port.ts';
import { DuplexTalk, said } from '../../../testing/duplex-talk.ts';
import { PERSONA } from '../../../testing/scene.ts';
import { liveDuplex } from './duplex.ts';

const STORY = 'Once upon a time, there was an octopus. It lived in the sea, and it was happy.';
/** Silence after its last word that is not given on, and what resampling adds; s. */
const NEARLY = 0.35;

let server: OpenAiLiveServer;
let responder: Responder;
let talk: DuplexTalk;
let used: Usage[];
/** So much later it is than it was. */
let aheadMs = 0;
const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };

const openUp = async (silenceTimeoutMs = 2000) => {
  const settings = { baseUrl: server.baseUrl, apiKey: 'secret', model: 'gpt-live-1.1', voice: 'marin' };
  const limits = { auth: 'bearer', connectTimeoutMs: 2000, silenceTimeoutMs } as const;
  const host = { clock, used: (usage: Usage) => used.push(usage) };
  responder = liveDuplex({ ...settings, ...limits }, host).open(PERSONA);
  talk = new DuplexTalk(responder);
  await expect.poll(() => server.last?.settings).toBeDefined();
};
const seconds = (text: string) => soundOf(text, SPEECH_RATE).length / SPEECH_RATE;

describe('OpenAI’s Live API', () => {
  beforeEach(async () => {
    server = new OpenAiLiveServer();
    await server.open();
    [used, aheadMs] = [[], 0];
  });
  afterEach(async () => {
    responder.close?.();
    await expect.poll(() => server.connections).toBe(0);
    expect(server.sessions.flatMap(({ problems }) => problems)).toEqual([]);
    await server.close();
  });

  it('is sent sound without a break, and people’s voices as soon as there are any', async () => {
    await openUp();
    talk.hear(500);
    await expect.poll(() => server.last.voiceMs).toBeGreaterThan(450);
    expect(server.last.hearsMs).toBeGreaterThan(server.last.voiceMs);
    expect(server.upgrades[0]!.headers.authorization).toBe('Bearer secret');
  });

  it.each([
    true,
    false,
  ])('answers once it is asked, in sound with its words; silence is sent after it: %s', async silence => {
    await openUp();
    talk.hear();
    const answer = talk.ask();
    await server.say(STORY, { silence });
    const { words, samples, error } = await answer;
    expect(error).toBeUndefined();
    expect(words).toBe(STORY);
    expect(Math.abs(samples / SPEECH_RATE - seconds(STORY))).toBeLessThan(NEARLY);
  });

  it('has its answer at once where it began before it was asked', async () => {
    await openUp();
    talk.hear();
    await server.say('I am here.');
    expect((await talk.ask()).words).toBe('I am here.');
  });

  it('does not answer with what it began long before somebody had done', async () => {
    await openUp();
    talk.hear();
    await server.say('Yes, of course.');
    aheadMs = 1000;
    talk.hear();
    const answer = talk.ask();
    await server.say('No, I see.');
    expect((await answer).words).toBe('No, I see.');
  });

  it('[T4][T6] is silent at once when it is called off, what it still says is not heard, and it is told', async () => {
    await openUp();
    talk.hear();
    const answer = talk.ask({ until: SPEECH_RATE });
    const saying = server.say(STORY);
    const { turnId, samples } = await answer;
    responder.heardUpTo?.(turnId, samples);
    await expect.poll(() => server.last.told.join()).toMatch(/heard of it: “Once upon a/);
    expect(server.last.told.join()).not.toContain('happy');
    await saying;
    talk.hear();
    const next = talk.ask();
    await server.say('I am sorry.');
    expect((await next).words).toBe('I am sorry.');
  });

  it('is told what was typed, and to answer it aloud', async () => {
    await openUp();
    const answer = talk.ask({ turn: [said('What is the time?', { typed: true })] });
    await expect.poll(() => server.last.told.join()).toContain('Ann: What is the time?');
    expect(server.last.told.at(-1)).toContain('Answer aloud');
    await server.say('It is noon.');
    expect((await answer).words).toBe('It is noon.');
  });

  it('leaves to others what it hands over', async () => {
    await openUp();
    talk.hear();
    const answer = talk.ask();
    server.delegate();
    expect((await answer).error).toMatchObject({ category: 'bad-input' });
  });

  it('is given up where it says nothing', async () => {
    await openUp(300);
    talk.hear();
    expect((await talk.ask()).error).toMatchObject({ category: 'network' });
  });

  it('fails with what was said so far where it dies, and goes on over another line', async () => {
    await openUp();
    talk.hear();
    const answer = talk.ask();
    await server.say(STORY, { stopAfterPieces: 20 });
    server.kill();
    const { error, samples } = await answer;
    expect(samples).toBeGreaterThan(0);
    expect(error).toMatchObject({ category: 'network', retryable: true });
    talk.hear();
    await expect.poll(() => server.sessions.length).toBe(2);
    await expect.poll(() => server.last.settings).toBeDefined();
    const next = talk.ask();
    await server.say('As I said.');
    expect((await next).words).toBe('As I said.');
  });

  it('is expired by its vendor without anybody noticing who does not speak just then', async () => {
    await openUp();
    server.expire();
    await expect.poll(() => server.connections).toBe(0);
    talk.hear();
    await expect.poll(() => server.sessions.length).toBe(2);
    await expect.poll(() => server.last.settings).toBeDefined();
    const next = talk.ask();
    await server.say('Yes.');
    expect((await next).words).toBe('Yes.');
  });

  it('counts what it costs: by the second, silence included', async () => {
    await openUp();
    server.charge(15);
    server.charge(30);
    await expect.poll(() => used).toEqual([{ audioSeconds: 15 }, { audioSeconds: 15 }]);
  });

  it.each([
    [401, 'auth'],
    [402, 'quota'],
    [404, 'model'],
    [500, 'network'],
  ] as const)('tells why it cannot be reached: %i', async (status, category) => {
    server.refuse = status;
    const settings = { baseUrl: server.baseUrl, model: 'gpt-live-1.1', voice: 'marin', auth: 'bearer' } as const;
    const host = { clock: systemClock, used: () => {} };
    responder = liveDuplex({ ...settings, connectTimeoutMs: 2000, silenceTimeoutMs: 2000 }, host).open(PERSONA);
    talk = new DuplexTalk(responder);
    expect((await talk.ask()).error).toMatchObject({ name: 'ProviderError', category });
  });
});
