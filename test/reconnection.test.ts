import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, CHROMIUM, launchChromium, onset } from './harness/browser.ts';
import { Namespace } from './harness/namespace.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

const OUTAGE_MS = 10_000;
const namespace = CHROMIUM === undefined ? undefined : Namespace.create();

describe.skipIf(namespace === undefined)(
  'a browser behind a cable that can be pulled (skipped without Chromium, or where no network namespace can be made)',
  () => {
    let system: System;
    let browser: Browser;
    let voice: TestVoice;

    beforeAll(async () => {
      const address = namespace!.address;
      voice = new TestVoice();
      system = await startSystem({
        host: address,
        https: { selfSigned: true },
        graceMs: 20_000,
        auth: { apiKey: 'test', apiSecret: 'a secret that is long enough to be one' },
        media: { listenIp: address },
      });
      browser = await launchChromium(namespace!.wrap(CHROMIUM!));
      await system.ready();
    });
    afterAll(async () => {
      await browser?.close();
      await Promise.all([system?.close(), voice?.close()]);
      namespace?.close();
    });

    it(`keeps its seat through ${OUTAGE_MS / 1000} s without network, and goes on with the conversation`, async () => {
      const caller = await Caller.open(browser, `${system.url}/r/outage?name=Ann`);
      await caller.join();
      await until('the greeting', async () => (await caller.log()).some(({ role }) => role === 'avatar'));
      await caller.avatarQuiet();
      const room = system.rooms.find('outage');
      const [seat] = room?.seats.values() ?? [];
      expect(seat?.presence).toBe('here');

      namespace!.setUp(false);
      const downMs = performance.now();
      await caller.page.locator('.notice.trouble').waitFor();
      expect(performance.now() - downMs, 'the page tells soon').toBeLessThan(4000);
      await until('the server to miss the browser', () => seat?.presence === 'reconnecting', OUTAGE_MS + 5000);
      await caller.page.getByRole('textbox', { name: 'Message' }).fill('Are you still there?');
      await caller.page.keyboard.press('Enter');
      await caller.page.getByRole('list', { name: 'Waiting to be sent' }).waitFor();
      await caller.page.waitForTimeout(OUTAGE_MS - 5000);
      namespace!.setUp(true);
      const upMs = performance.now();
      await until('the browser to be back', () => seat?.presence === 'here');
      expect([...(system.rooms.find('outage')?.seats.values() ?? [])]).toEqual([seat]);

      await until(
        'what was written meanwhile to be sent, once',
        async () => (await caller.log()).filter(({ text }) => text === 'Are you still there?').length === 1,
      );
      await caller.page.getByRole('list', { name: 'Waiting to be sent' }).waitFor({ state: 'detached' });
      await caller.avatarQuiet();
      let heardS: number | undefined;
      const question = await voice.say('What is your name?');
      for (let i = 0; i < 6 && heardS === undefined; i++) {
        const { endS } = await caller.speak(question);
        await caller.page.waitForTimeout(2500);
        heardS = onset(await caller.loudness(endS), endS);
      }
      expect(heardS, 'the avatar is heard again').toBeDefined();
      expect(performance.now() - upMs).toBeLessThan(30_000);
      await caller.close();
    });
  },
);
