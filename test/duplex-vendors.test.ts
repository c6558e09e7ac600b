import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resampled } from '../agents/speak/resample.ts';
import { AUDIBLE_RMS, Caller, CHROMIUM, launchChromium, onset } from './harness/browser.ts';
import { TestEars } from './harness/ears.ts';
import { wordErrors } from './harness/stats.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';
import { ChatSoundServer } from './vendors/chat-sound.ts';
import { GeminiLiveServer } from './vendors/gemini-live.ts';
import { OpenAiLiveServer } from './vendors/openai-live.ts';
import { RealtimeServer } from './vendors/realtime.ts';

const HELLO = 'My name is Ollie, and I am happy to talk to you.';
const STORY =
  'Once there was a lighthouse, and a very old man who lived in it. Every evening he lit the lamp, and every morning he put it out again.';

/** What the model says next, and whether it dies of it. */
interface Says {
  say: string;
  pcm: Int16Array;
  dies: boolean;
}
/** A vendor’s server as these tests drive it. */
interface Stand {
  server: { open(): Promise<void>; close(): Promise<void> };
  entry(): object;
  will(says: Says): void;
  /** The question was asked; for who speaks when it wants to. */
  asked?(): void;
  /** Its session ends by itself. */
  expire(): Promise<void>;
  problems(): string[];
}

const does = ({ say, pcm, dies }: Says) => ({ say, pcm, ...(dies && { stopAfterPieces: 8, finally: 'die' as const }) });

function gemini(): Stand {
  const server = new GeminiLiveServer();
  return {
    server,
    entry: () => ({ use: 'google', baseUrl: server.baseUrl }),
    will: says => {
      server.does = () => does(says);
    },
    async expire() {
      server.goAway(server.last, '1s');
      server.last.socket.close(1001);
    },
    problems: () => server.sessions.flatMap(({ problems }) => problems),
  };
}

function live(): Stand {
  const server = new OpenAiLiveServer();
  let next: Says | undefined;
  return {
    server,
    entry: () => ({ use: 'openai', api: 'live', baseUrl: server.baseUrl }),
    will: says => {
      next = says;
    },
    asked() {
      const { say, pcm, dies } = next!;
      // As fast as it is heard.
      void server
        .say(say, { pcm, everyMs: 95, ...(dies && { stopAfterPieces: 20 }) })
        .then(() => dies && server.kill());
    },
    expire: async () => server.expire(),
    problems: () => server.sessions.flatMap(({ problems }) => problems),
  };
}

function chat(): Stand {
  const server = new ChatSoundServer('wav');
  return {
    server,
    entry: () => ({ use: 'qwen', api: 'chat', baseUrl: server.baseUrl, model: 'm' }),
    will: says => {
      server.does = () => does(says);
    },
    // It has none.
    expire: async () => {},
    problems: () => server.problems,
  };
}

function dashscope(): Stand {
  const server = new RealtimeServer('dashscope');
  return {
    server,
    entry: () => ({ use: 'qwen', baseUrl: server.baseUrl }),
    will: says => {
      server.does = () => does(says);
    },
    expire: async () => server.expire(server.last),
    problems: () => server.sessions.flatMap(({ problems }) => problems),
  };
}

describe.skipIf(CHROMIUM === undefined)('a call with a model that hears and speaks itself', () => {
  let browser: Browser;
  let voice: TestVoice;
  let ears: TestEars;
  beforeAll(async () => {
    [voice, ears] = [new TestVoice(), new TestEars()];
    [browser] = await Promise.all([launchChromium(), ears.ready()]);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([voice?.close(), ears?.close()]);
  });

  it.each([
    ['Gemini Live', gemini],
    ['OpenAI Live', live],
    ['Qwen-Omni by DashScope', dashscope],
    ['Qwen-Omni by chat', chat],
  ] as const)('%s: asked, interrupted, renewed, and killed in mid-sentence', { timeout: 120_000 }, async (_, stand) => {
    const vendor = stand();
    await vendor.server.open();
    const pcmOf = async (text: string) => resampled(await voice.say(text, 'slt'), 16_000, 24_000);
    vendor.will({ say: 'Hello.', pcm: await pcmOf('Hello.'), dies: false });
    const system: System = await startSystem({ agent: { duplex: [vendor.entry()] } });
    let caller: Caller | undefined;
    try {
      await system.ready();
      caller = await Caller.open(browser, `${system.url}/r/duplex?name=Ann`);
      const { log, loudness } = { log: () => caller!.log(), loudness: (since: number) => caller!.loudness(since) };
      await caller.join();
      await until('the greeting', async () => (await log()).some(({ role }) => role === 'avatar'));
      const ask = async (question: string, say: string, dies = false) => {
        await caller!.avatarQuiet();
        vendor.will({ say, pcm: await pcmOf(say), dies });
        const { endS } = await caller!.speak(await voice.say(question));
        vendor.asked?.();
        await until('an answer', async () => onset(await loudness(endS), endS) !== undefined);
        return endS;
      };
      const lastAnswer = async () => (await log()).findLast(({ role }) => role === 'avatar')?.text ?? '';

      const endS = await ask('Who are you?', HELLO);
      await until('all of it', async () => (await lastAnswer()) === HELLO);
      const heard = wordErrors(HELLO, await ears.transcribe(await caller.recorded(endS)));
      expect(heard.errors / heard.words).toBeLessThan(0.3);

      const storyS = await ask('Please tell me a story.', STORY);
      const audible = async () => (await loudness(storyS)).filter(([, rms]) => rms >= AUDIBLE_RMS).length;
      // Enough that who speaks now does not merely go on [L1].
      await until('a good part of it', async () => (await audible()) > 300);
      vendor.will({ say: 'All right.', pcm: await pcmOf('All right.'), dies: false });
      await caller.speak(await voice.say('Stop, please. What is your name?'));
      vendor.asked?.();
      await until('the answer', async () => (await lastAnswer()).startsWith('All'));
      const cut = (await log()).findLast(({ text, role }) => role === 'avatar' && text.startsWith('Once'))!.text;
      expect(cut.length, cut).toBeLessThan(STORY.length);

      await caller.avatarQuiet();
      await vendor.expire();
      await ask('Do you like the sea?', 'Yes, the sea is my home.');
      await until('the answer', async () => (await lastAnswer()).startsWith('Yes, the sea'));

      const before = (await log()).length;
      await ask('What is your name?', STORY, true);
      await until('somebody to go on', async () => /ollie/i.test(await lastAnswer()));
      const said = (await log()).slice(before).flatMap(({ role, text }) => (role === 'avatar' ? [text] : []));
      expect(said.join(' ')).toMatch(/^Once there .*Ollie/i);
      expect(vendor.problems()).toEqual([]);
    } finally {
      await caller?.page.context().close();
      await system.close();
      await vendor.server.close();
    }
  });
});
