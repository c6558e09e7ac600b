import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resampled } from '../agents/speak/resample.ts';
import { AUDIBLE_RMS, Caller, CHROMIUM, launchChromium, onset } from './harness/browser.ts';
import { TestEars } from './harness/ears.ts';
import { wordErrors } from './harness/stats.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';
import { type Does, RealtimeServer } from './vendors/realtime.ts';

const STORY =
  'Once there was a lighthouse, and a very old man who lived in it. Every evening he lit the lamp, and every morning he put it out again.';

describe.skipIf(CHROMIUM === undefined)('a call with a model that hears and speaks itself', () => {
  const server = new RealtimeServer();
  let system: System;
  let browser: Browser;
  let voice: TestVoice;
  let ears: TestEars;
  let caller: Caller;
  let answer: string;
  let how: Partial<Extract<Does, { say: string }>>;

  beforeAll(async () => {
    [voice, ears] = [new TestVoice(), new TestEars()];
    server.does = async (_, asked) => {
      const read = (asked.input as { content: { text: string }[] }[] | undefined)?.[0]?.content[0]?.text;
      const say = read ?? answer;
      return { say, pcm: resampled(await voice.say(say, 'slt'), 16_000, 24_000), ...(read === undefined && how) };
    };
    await server.open();
    const duplex = [{ use: 'openai', baseUrl: server.baseUrl }];
    [system, browser] = await Promise.all([startSystem({ agent: { duplex } }), launchChromium()]);
    await Promise.all([system.ready(), ears.ready()]);
    caller = await Caller.open(browser, `${system.url}/r/duplex?name=Ann`);
    await caller.join();
    await until('the greeting', async () => (await caller.log()).some(({ role }) => role === 'avatar'));
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([system?.close(), voice?.close(), ears?.close()]);
    await server.close();
  });

  const ask = async (question: string, says: string, does: typeof how = {}) => {
    await caller.avatarQuiet();
    [answer, how] = [says, does];
    const { endS } = await caller.speak(await voice.say(question));
    await until('an answer', async () => onset(await caller.loudness(endS), endS) !== undefined);
    return endS;
  };
  const lastAnswer = async () => (await caller.log()).findLast(({ role }) => role === 'avatar')?.text ?? '';
  const spoken = () => server.last.items.findLast(({ role }) => role === 'assistant');

  it('is answered in the model’s own voice, and what was heard is what the log says', async () => {
    const endS = await ask('Who are you?', 'My name is Ollie, and I am happy to talk to you.');
    await caller.avatarQuiet();
    const log = await lastAnswer();
    expect(log).toBe('My name is Ollie, and I am happy to talk to you.');
    const heard = wordErrors(log, await ears.transcribe(await caller.recorded(endS)));
    expect(heard.errors / heard.words).toBeLessThan(0.3);
    expect(server.last.heardMs).toBeGreaterThan(300);
    expect(server.sessions.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('[T4] stops when it is interrupted; the log and the model know what was heard of it, and no more', async () => {
    const endS = await ask('Please tell me a story.', STORY);
    await until(
      'two seconds of it',
      async () => (await caller.loudness(endS)).filter(([, rms]) => rms >= AUDIBLE_RMS).length > 100,
    );
    [answer, how] = ['All right.', {}];
    const story = spoken()!;
    const stop = await caller.speak(await voice.say('Stop, please. What is your name?'));
    await until('the log to be cut', async () =>
      (await caller.log()).some(
        ({ text, role }) =>
          role === 'avatar' && STORY.startsWith(text.replace(/[….\s]+$/, '')) && text.length < STORY.length,
      ),
    );
    const log = (await caller.log()).findLast(({ text, role }) => role === 'avatar' && text.startsWith('Once'))!.text;
    const heard = await ears.transcribe(
      (await caller.recorded(endS)).slice(0, Math.round((stop.startS + 0.4 - endS) * 16_000)),
    );
    const words = (text: string) => text.split(/\s+/).filter(Boolean).length;
    expect(Math.abs(words(log) - words(heard)), `logged "${log}", heard "${heard}"`).toBeLessThanOrEqual(4);
    await until('the model to be told', () => story.content[0]?.transcript === undefined);
    await until('the answer', async () => (await lastAnswer()).startsWith('All'));
  });

  it('goes on over another session where one ends, with all that was said', async () => {
    await caller.avatarQuiet();
    server.expire(server.last);
    await until('the session to be over', () => server.connections === 0);
    await ask('Do you like the sea?', 'Yes, the sea is my home.');
    await until('the answer', async () => (await lastAnswer()).startsWith('Yes, the sea'));
    expect(server.sessions.length).toBeGreaterThan(1);
    expect(JSON.stringify(server.last.items)).toMatch(/happy to talk to you/);
  });

  it('is answered by the text pipeline where the vendor dies in the middle of a sentence', async () => {
    const before = (await caller.log()).length;
    await ask('What is your name?', STORY, { stopAfterPieces: 4, finally: 'die' });
    await until('somebody to go on', async () => /ollie/i.test(await lastAnswer()));
    const log = (await caller.log())
      .slice(before)
      .filter(({ role }) => role === 'avatar')
      .map(({ text }) => text)
      .join(' ');
    expect(log).toMatch(/^Once there .*Ollie/i);
  });
});
