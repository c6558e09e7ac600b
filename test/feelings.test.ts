import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatEndpoint, type ChatRequest } from '../agents/testing/chat-endpoint.ts';
import { astronautFile } from '../studio/testing/pictures.ts';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

/** What is asked in the call, once. */
const QUESTION = /^May Ollie notice how you feel/;
/** Long enough for a dozen pictures of a camera. */
const WATCH_MS = 1500;

describe.skipIf(CHROMIUM === undefined)(
  'what the avatar notices, in Chromium (skipped where there is no Chromium)',
  () => {
    let endpoint: ChatEndpoint;
    let system: System;
    let browser: Browser;
    let portrait: string;

    beforeAll(async () => {
      endpoint = new ChatEndpoint();
      await endpoint.open();
      endpoint.answer = ({ stream }) => (stream === true ? 'That is good to know.' : '{"facts":[]}');
      process.env.OPENAI_BASE_URL = endpoint.baseUrl;
      portrait = (await astronautFile()).toString('base64');
      [system, browser] = await Promise.all([startSystem(), launchChromium()]);
      await system.ready();
    });
    afterAll(async () => {
      delete process.env.OPENAI_BASE_URL;
      await browser?.close();
      await system?.close();
      await endpoint?.close();
    });

    const join = async (room: string): Promise<Caller> => {
      const caller = await Caller.open(browser, `${system.url}/r/${room}?name=Ann`);
      await caller.join();
      await caller.page.getByRole('button', { name: 'Only how I feel' }).click();
      await caller.page.evaluate(image => window.probe.show(image), portrait);
      return caller;
    };
    const decoded = async (): Promise<number> => {
      const text = await (await fetch(`${system.url}/metrics`)).text();
      return Number(/^visavis_camera_frames_decoded_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0);
    };
    const chip = (caller: Caller) => caller.page.getByLabel(/^You seem /);
    const allow = async (caller: Caller, label: string, on: boolean) => {
      await caller.page.getByRole('button', { name: 'Devices' }).click();
      await caller.page.getByLabel(label).setChecked(on);
      await caller.page.getByRole('button', { name: 'Done' }).click();
    };
    const say = async (caller: Caller, text: string): Promise<ChatRequest> => {
      const before = endpoint.requests.length;
      await caller.page.getByRole('textbox', { name: 'Message' }).fill(text);
      await caller.page.getByRole('button', { name: 'Send' }).click();
      const asked = () => endpoint.requests.slice(before).find(({ stream }) => stream === true);
      await until('the question to be asked', () => asked() !== undefined);
      return asked()!;
    };

    it('[S1] is nothing where nobody has said yes: not a frame is decoded', async () => {
      const before = await decoded();
      const caller = await Caller.open(browser, `${system.url}/r/unasked?name=Ann`);
      await caller.join();
      await caller.page.getByRole('region', { name: QUESTION }).waitFor();
      await caller.page.evaluate(image => window.probe.show(image), portrait);
      const request = await say(caller, 'I am so happy today.');
      expect(JSON.stringify(request.messages)).not.toContain('seems');
      await new Promise(resolve => setTimeout(resolve, WATCH_MS));
      expect([await decoded(), await chip(caller).count()]).toEqual([before, 0]);
      await caller.page.getByRole('button', { name: 'Devices' }).click();
      for (const label of ['How I feel', 'What I show it'])
        expect(await caller.page.getByLabel(label).isChecked()).toBe(false);
      await caller.close();
    });

    it('is asked once, by keyboard, too; each that is on has a mark, which switches it off on the spot', async () => {
      const caller = await Caller.open(browser, `${system.url}/r/asked?name=Ann`);
      const { page } = caller;
      await caller.join();
      await page.getByRole('button', { name: 'Yes', exact: true }).press('Enter');
      const marks = page.locator('[data-consent]');
      await until('both marks', async () => (await marks.count()) === 2);
      const looks = page.locator('[data-consent="sight"] summary');
      await looks.press('Enter');
      await page.getByRole('button', { name: 'Turn off' }).press('Enter');
      await until('one mark', async () => (await marks.count()) === 1);
      await page.reload();
      await caller.connected();
      const [seat] = system.rooms.find('asked')!.seats.values();
      expect(seat!.consent).toEqual({ feelings: true, sight: false, recording: false });
      expect(await page.getByRole('region', { name: QUESTION }).count()).toBe(0);
      await caller.close();
    });

    it('is a smile: shown to the person, told to the language model, and kept with the words', async () => {
      const caller = await join('smile');
      await until('the smile to be noticed', async () => (await chip(caller).count()) > 0, 60_000);
      await until('it to be named', async () => (await chip(caller).textContent())?.includes('happy') === true);
      const request = await say(caller, 'The weather is fine.');
      expect(JSON.stringify(request.messages)).toMatch(/p[0-9a-f]{6,} (?:clearly|perhaps) seems happy/);
      expect(caller.errors).toEqual([]);
      await caller.close();
    });

    it('is nothing with the switch off: frames are not even decoded', async () => {
      const caller = await join('switch');
      await until('the smile to be noticed', async () => (await chip(caller).count()) > 0, 60_000);
      await allow(caller, 'How I feel', false);
      await until('the chip to go', async () => (await chip(caller).count()) === 0);
      let before = -1;
      await until('what was on its way to be decoded, and nothing after it', async () => {
        const now = await decoded();
        await new Promise(resolve => setTimeout(resolve, WATCH_MS));
        before = await decoded();
        return before === now;
      });
      const request = await say(caller, 'I am so happy today.');
      expect(JSON.stringify(request.messages)).not.toContain('seems');
      await allow(caller, 'How I feel', true);
      await until('frames to be decoded again', async () => (await decoded()) > before + 3);
      await caller.close();
    });

    it('is a picture with a question that needs one, with consent, and none without', async () => {
      const caller = await join('sight');
      await until('frames to be decoded', async () => (await chip(caller).count()) > 0, 60_000);
      const without = await say(caller, 'What am I holding?');
      expect(JSON.stringify(without.messages)).not.toContain('image_url');
      await caller.avatarQuiet();
      await allow(caller, 'What I show it', true);
      await until(
        'a picture to be sent along',
        async () => JSON.stringify((await say(caller, 'What am I holding now?')).messages).includes('data:image/jpeg'),
        60_000,
      );
      await caller.close();
    });

    it('is a shared screen, too, which everybody else sees large, beside the camera', async () => {
      const [ann, bob] = [await join('screen'), await Caller.open(browser, `${system.url}/r/screen?name=Bob`)];
      await bob.join();
      await allow(ann, 'What I show it', true);
      await ann.page.getByRole('button', { name: 'Share screen' }).click();
      await until(
        'the screen to be sent along',
        async () =>
          JSON.stringify((await say(ann, 'What is on my screen?')).messages).includes('screen at this moment'),
        60_000,
      );
      const [screen, camera] = ['Ann’s screen', 'Ann'].map(name => bob.page.locator(`video[aria-label="${name}"]`));
      await until('Bob to see the screen', () =>
        screen!.evaluate(video => (video as HTMLVideoElement).videoWidth === 1280),
      );
      const widthOf = async (picture: typeof screen) => (await picture!.boundingBox())!.width;
      expect(await widthOf(screen)).toBeGreaterThan(2 * (await widthOf(camera)));
      expect(await camera!.evaluate(video => (video as HTMLVideoElement).videoWidth > 2)).toBe(true);
      await ann.page.getByRole('button', { name: 'Stop sharing' }).click();
      await screen!.waitFor({ state: 'detached' });
      await Promise.all([ann.close(), bob.close()]);
    });
  },
);
