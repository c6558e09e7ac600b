import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AUDIBLE_RMS, Caller, CHROMIUM, launchChromium, onset } from './harness/browser.ts';
import { TestEars } from './harness/ears.ts';
import { wordErrors } from './harness/stats.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const QUESTION = 'Do you like to swim in the sea?';
const LONG_QUESTION = 'Please tell me a long story about the sea.';

/** 250 ms of a cough: two bursts of filtered noise. */
function cough(): Int16Array {
  let state = 0;
  let seed = 7;
  return Int16Array.from({ length: 4000 }, (_, i) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    state += 0.35 * ((seed / 2 ** 31 - 0.5) * 2 - state);
    const envelope = Math.exp(-((i % 2200) / 500));
    return state * envelope * 20_000;
  });
}

describe.skipIf(CHROMIUM === undefined)('a call in real Chromium (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  let voice: TestVoice;
  let ears: TestEars;
  /** Of callers who stay from test to test. */
  const staying = new Set<BrowserContext>();

  beforeAll(async () => {
    [voice, ears] = [new TestVoice(), new TestEars()];
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
    await Promise.all([system.ready(), ears.ready()]);
  });
  // Those of a test that failed, too: they would take the time of the others.
  afterEach(async () => {
    for (const context of browser.contexts()) if (!staying.has(context)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([system?.close(), voice?.close(), ears?.close()]);
  });

  const join = async (room: string, name = 'Ann'): Promise<Caller> => {
    const caller = await Caller.open(browser, `${system.url}/r/${room}?name=${name}`);
    await caller.join();
    return caller;
  };
  /** Joined and greeted; there until they are closed. */
  const stays = async (room: string, name: string): Promise<Caller> => {
    const caller = await join(room, name);
    await until('the greeting', async () => (await lastOf(caller, 'avatar'))?.final === true);
    staying.add(caller.context);
    return caller;
  };
  /** Joined, greeted, and quiet again. */
  const settled = async (room: string): Promise<Caller> => {
    const caller = await join(room);
    await until('the greeting', async () => (await caller.log()).some(({ role }) => role === 'avatar'));
    await caller.avatarQuiet();
    return caller;
  };
  const answered = (caller: Caller, sinceS: number) =>
    until('an answer that can be heard', async () => onset(await caller.loudness(sinceS), sinceS) !== undefined);
  const doesWithLess = async () =>
    /^visavis_face_levels\{level="(?!full)[^"]+"\} [1-9]/m.test(await (await fetch(`${system.url}/metrics`)).text());
  const lastOf = async (caller: Caller, role: string) =>
    (await caller.log()).filter(entry => entry.role === role).at(-1);

  describe('that several tests share', () => {
    let first: Caller | undefined;
    /** It takes seconds to begin one. Quiet. */
    const inCall = async (): Promise<Caller> => {
      first ??= await stays('shared', 'Wilhelmina');
      await first.avatarQuiet();
      return first;
    };
    afterAll(() => first?.close());

    it('greets whoever joins first, by name', async () => {
      const caller = await inCall();
      expect((await caller.log())[0]).toMatchObject({ role: 'avatar', text: expect.stringContaining('Wilhelmina') });
    });

    it('hears a question, shows its words, answers aloud what the log says, and moves its mouth while it speaks and only then', async () => {
      const caller = await inCall();
      const { endS } = await caller.speak(await voice.say(QUESTION));
      await answered(caller, endS);
      await caller.avatarQuiet();

      const asked = await lastOf(caller, 'user');
      expect(wordErrors(QUESTION, asked?.text ?? '').errors).toBeLessThanOrEqual(1);

      const answer = (await lastOf(caller, 'avatar'))?.text ?? '';
      const heard = await ears.transcribe(await caller.recorded(endS));
      const { errors, words } = wordErrors(answer, heard);
      expect(words).toBeGreaterThan(2);
      expect(errors / words, `said "${answer}", heard "${heard}"`).toBeLessThan(0.4);

      const loudness = await caller.loudness(endS);
      const speakingFrom = onset(loudness, endS) ?? Number.NaN;
      const speakingTo = loudness.findLast(([, rms]) => rms >= AUDIBLE_RMS)?.[0] ?? Number.NaN;
      const restsFrom = speakingTo + 0.4;
      await until('pictures of a face at rest', async () => (await caller.pictures(restsFrom)).length >= 5);
      const pictures = await caller.pictures(endS - 1);
      const mouth = (fromS: number, toS: number) => {
        const seen = pictures.filter(([time]) => time >= fromS && time < toS);
        return seen.reduce((sum, [, , change]) => sum + change, 0) / seen.length;
      };
      expect(mouth(speakingFrom, speakingTo)).toBeGreaterThan(3 * mouth(restsFrom, Number.POSITIVE_INFINITY));
      expect(caller.errors).toEqual([]);
    });

    it('shows 25 pictures a second while it speaks, once the machine is done with the call’s beginning', async ({
      skip,
    }) => {
      const caller = await inCall();
      const question = await voice.say(LONG_QUESTION);
      const frames = () =>
        caller.page.evaluate(async () => [window.probe.now(), await window.probe.framesDecoded()] as const);
      let perSecond = 0;
      // While time is short the face does with less, and comes back to all of it after some calm seconds.
      for (let i = 0; i < 5 && perSecond <= 20; i++) {
        await caller.avatarQuiet();
        const { endS } = await caller.speak(question);
        await answered(caller, endS);
        const [fromS, before] = await frames();
        await caller.page.waitForTimeout(800);
        const [toS, after] = await frames();
        perSecond = (after - before) / (toS - fromS);
      }
      expect(perSecond).toBeLessThan(30);
      skip(
        perSecond <= 20 && (await doesWithLess()),
        'the machine is short of time, and the face says that it does with less',
      );
      expect(perSecond).toBeGreaterThan(20);
    });

    it('[T3] stops when it is interrupted, and answers the interruption', async () => {
      const caller = await inCall();
      const { endS } = await caller.speak(await voice.say(LONG_QUESTION));
      await answered(caller, endS);
      const { startS } = await caller.speak(await voice.say('Wait, stop, what is your name?'));
      const after = (await caller.loudness(startS)).filter(([time]) => time < startS + 1.5);
      const quiet = after.find(
        ([time], i) => time > startS && after.slice(i, i + 30).every(([, rms]) => rms < AUDIBLE_RMS),
      );
      expect((quiet?.[0] ?? Number.POSITIVE_INFINITY) - startS).toBeLessThan(0.8);
      await until('the interruption in the log', async () =>
        (await caller.log()).some(({ role, text, final }) => role === 'user' && final && /name/i.test(text)),
      );
      await answered(caller, startS + 2.2);
    });

    describe('beside a microphone that sends noise for a minute', () => {
      let noisy: Caller;
      let before: number;
      let done: Promise<unknown>;
      beforeAll(async () => {
        noisy = await stays('noisy', 'Ann');
        await noisy.avatarQuiet();
        before = (await noisy.log()).length;
        let seed = 1;
        const noise = Int16Array.from({ length: 16_000 * 60 }, () => {
          seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
          return (seed / 2 ** 31 - 0.5) * 8000;
        });
        done = noisy.speak(noise);
      });

      it('answers a typed message', async () => {
        const caller = await inCall();
        const sinceS = await caller.now();
        await caller.page.getByRole('textbox', { name: 'Message' }).fill('What is your name?');
        await caller.page.getByRole('button', { name: 'Send' }).click();
        await answered(caller, sinceS);
        expect((await lastOf(caller, 'user'))?.text).toBe('What is your name?');
      });

      it('[T3] goes on after a cough', async () => {
        const caller = await inCall();
        const interrupted = () => caller.page.locator('[data-interrupted="true"]').count();
        const interruptedBefore = await interrupted();
        const { endS } = await caller.speak(await voice.say(LONG_QUESTION));
        await answered(caller, endS);
        await caller.speak(cough());
        await caller.avatarQuiet(1500);
        const answers = (await caller.log()).filter(({ role }) => role === 'avatar');
        const heard = await ears.transcribe(await caller.recorded(endS));
        const { errors, words } = wordErrors(answers.at(-1)?.text ?? '', heard);
        expect(errors / words, `"${answers.at(-1)?.text}" heard as "${heard}"`).toBeLessThan(0.4);
        expect(await interrupted()).toBe(interruptedBefore);
      });

      it('is hardly answered there, and a question afterwards is', async () => {
        await done;
        await noisy.avatarQuiet();
        expect((await noisy.log()).length - before, 'answers to noise').toBeLessThanOrEqual(2);
        const { endS } = await noisy.speak(await voice.say(QUESTION));
        await answered(noisy, endS);
        await noisy.close();
      });
    });
  });

  it('lets two people see and hear each other and the avatar', async () => {
    const ann = await settled('two');
    const bob = await join('two', 'Bob');
    for (const caller of [ann, bob]) await caller.page.locator('video[aria-label="Ollie"]').waitFor();
    await ann.page.locator('video[aria-label="Bob"]').waitFor({ state: 'attached' });
    await bob.page.locator('video[aria-label="Ann"]').waitFor({ state: 'attached' });
    await until('Bob’s camera at Ann’s', () =>
      ann.page.locator('video[aria-label="Bob"]').evaluate(video => (video as HTMLVideoElement).videoWidth > 0),
    );
    const { endS } = await bob.speak(await voice.say(QUESTION));
    await answered(ann, (await ann.now()) - 3);
    const said = async () => (await ann.log()).filter(({ role, final }) => role === 'user' && final);
    await until('Bob’s words at Ann’s', async () => (await said()).length > 0);
    const [{ text, speaker } = { text: '', speaker: '' }] = await said();
    expect(wordErrors(QUESTION, text).errors, text).toBeLessThanOrEqual(2);
    expect(speaker).not.toBe('avatar');
    expect(endS).toBeGreaterThan(0);
    await Promise.all([ann.close(), bob.close()]);
  });

  it('comes back with the conversation when its agent is killed in mid-sentence', async () => {
    const caller = await settled('killed');
    const { endS } = await caller.speak(await voice.say(LONG_QUESTION));
    await answered(caller, endS);
    const [pid] = system.spawner.pids;
    const killedMs = performance.now();
    process.kill(pid!, 'SIGKILL');
    await until(
      'the avatar to be gone',
      async () => (await caller.page.locator('video[data-kind="avatar"]').count()) === 0,
    );
    await caller.page.locator('video[data-kind="avatar"]').waitFor({ state: 'attached' });
    // Two seconds, on a machine that has nothing else to do; minutes, if nobody noticed.
    expect(performance.now() - killedMs).toBeLessThan(10_000);
    await system.ready();
    await caller.connected();
    await caller.avatarQuiet(1500);
    const { endS: againS } = await caller.speak(await voice.say(QUESTION));
    await answered(caller, againS);
    expect((await caller.log()).some(({ text }) => /story/i.test(text))).toBe(true);
    await caller.close();
  });

  it('rejoins at once when the media worker dies', async () => {
    const caller = await settled('worker');
    const room = system.rooms.find('worker');
    for (const pid of system.engine.workerPids) process.kill(pid, 'SIGKILL');
    await until('another room of that name', () => {
      const again = system.rooms.find('worker');
      return again !== undefined && again !== room && again.seats.size === 1;
    });
    await caller.page.locator('[data-state="connected"]').waitFor();
    await caller.connected();
    await caller.avatarQuiet(1500);
    const { endS } = await caller.speak(await voice.say(QUESTION));
    await answered(caller, endS);
    await caller.close();
  });
});
