/** Two people with cameras whose browsers run on the server's machine: the fullest that a machine of two cores gets. */
import type { Browser } from 'playwright-core';
import { AUDIBLE_RMS, Caller, launchChromium, onset } from './browser.ts';
import { type System, startSystem, until } from './system.ts';
import { TestVoice } from './voice.ts';

export const CROWD_QUESTIONS = [
  'What is your name?',
  'Tell me about the sea.',
  'Do you like to swim?',
  'Tell me a joke, please.',
];

/** Pictures that one of them was shown of the face while an answer was heard. */
export interface Shown {
  perSecond: number;
  longestGapS: number;
}

export class Crowd {
  readonly system: System;
  readonly #voice: TestVoice;
  readonly #browsers: Browser[];
  readonly #callers: Caller[] = [];

  private constructor(system: System, browsers: Browser[], voice: TestVoice) {
    this.system = system;
    this.#browsers = browsers;
    this.#voice = voice;
  }

  static async open(): Promise<Crowd> {
    const voice = new TestVoice();
    const [system, browsers] = await Promise.all([startSystem(), Promise.all([launchChromium(), launchChromium()])]);
    const crowd = new Crowd(system, browsers, voice);
    try {
      await system.ready();
      for (const name of ['Ann', 'Ben']) await crowd.join(name);
    } catch (error) {
      await crowd.close();
      throw error;
    }
    return crowd;
  }

  /** Somebody comes in, with a camera; how long until the first picture of the face, from the click, s. */
  async join(name: string): Promise<number> {
    const browser = this.#browsers[this.#callers.length % this.#browsers.length]!;
    const caller = await Caller.open(browser, `${this.system.url}/r/crowded?name=${name}`);
    this.#callers.push(caller);
    await caller.page.getByRole('button', { name: 'Join', exact: true }).waitFor();
    const pictured = caller.page.evaluate(
      () =>
        new Promise<number>(resolve => {
          let clickedMs: number | undefined;
          addEventListener('click', () => (clickedMs ??= performance.now()), { capture: true, once: true });
          const look = () => {
            const video = document.querySelector<HTMLVideoElement>('video[data-kind="avatar"]');
            if (clickedMs !== undefined && video && video.videoWidth > 0) resolve(performance.now() - clickedMs);
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    await caller.join();
    const tookMs = await pictured;
    // It is on, as the lobby had it.
    await caller.page.locator('.tile.self[data-pictured]').waitFor();
    return tookMs / 1000;
  }

  /** The first of them asks; what each is shown while the answer is heard. */
  async ask(question: string): Promise<Shown[]> {
    const asking = this.#callers[0]!;
    await asking.avatarQuiet();
    const since = await Promise.all(this.#callers.map(caller => caller.now()));
    const { endS } = await asking.speak(await this.#voice.say(question));
    since[0] = endS;
    await until('an answer', async () => onset(await asking.loudness(endS), endS) !== undefined);
    await asking.avatarQuiet(600);
    return Promise.all(this.#callers.map((caller, i) => shown(caller, since[i]!)));
  }

  /** Pictures a second that the first is shown while nobody speaks. */
  async idle(seconds: number): Promise<number> {
    const caller = this.#callers[0]!;
    await caller.avatarQuiet(2000);
    const from = await caller.now();
    await until('time to pass', async () => (await caller.now()) >= from + seconds, seconds * 2000 + 10_000);
    return (await caller.pictures(from)).filter(([atS]) => atS < from + seconds).length / seconds;
  }

  async close(): Promise<void> {
    await Promise.all(this.#browsers.map(browser => browser.close()));
    await Promise.all([this.system.close(), this.#voice.close()]);
  }
}

async function shown(caller: Caller, sinceS: number): Promise<Shown> {
  const heard = (await caller.loudness(sinceS)).filter(([, rms]) => rms >= AUDIBLE_RMS).map(([atS]) => atS);
  const [began, ended] = [heard[0] ?? 0, heard.at(-1) ?? 0];
  const times = (await caller.pictures(began)).map(([atS]) => atS).filter(atS => atS < ended);
  const marks = [began, ...times, ended];
  return {
    perSecond: times.length / (ended - began),
    longestGapS: Math.max(...marks.slice(1).map((atS, i) => atS - marks[i]!)),
  };
}
