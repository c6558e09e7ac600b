import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../server/auth/tokens.ts';
import { ingest } from '../server/store/ingest.ts';
import type { ConversationRecord } from '../server/store/records.ts';
import { CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

const KEY = 'a-secret-made-by-the-browser-0123';
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 860 } };
/** Where to put pictures of the page, for people who look at it. */
const PICTURES = process.env.VISAVIS_PICTURES;

describe.skipIf(CHROMIUM === undefined)('the page of conversations (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ agents: { spawn: 0 } }), launchChromium()]);
    await system.conversations!.database.ready();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  /** A conversation about something, with something learned, as a call leaves it. */
  const keep = async (about: string, person = personOf(KEY)) => {
    const { database } = system.conversations!;
    const conversation = randomUUID();
    const atMs = Date.now() - 600_000;
    const entry = (id: string, text: string, over: object = {}) => ({
      ...{ id, turnId: 'a', speaker: 'ann-1', speakerName: 'Ann', role: 'user' as const, source: 'voice' as const },
      ...{ text, final: true, atMs },
      ...over,
    });
    const feeling = { label: 'happy' as const, valence: 0.7, arousal: 0.5, confidence: 0.8, sources: [] };
    const stages = { endpointingMs: 200, asrMs: 40, dialogueMs: 120, ttsMs: 90, playoutMs: 20 };
    const records: ConversationRecord[] = [
      { type: 'begin', conversation, room: 'welcome', atMs },
      { type: 'join', conversation, identity: 'ann-1', name: 'Ann', person, atMs },
      { type: 'persona', conversation, persona: 'june', name: 'June', avatar: 'sarah', atMs },
      {
        type: 'say',
        conversation,
        atMs: atMs + 3000,
        entry: entry('a', `Let us talk about ${about}.`, { feeling }),
      },
      {
        type: 'say',
        conversation,
        atMs: atMs + 9000,
        entry: entry('a:avatar', `There is so much to say about ${about}, and I`, {
          ...{ speaker: 'avatar', speakerName: 'June', role: 'avatar', interrupted: true, atMs: atMs + 4000 },
        }),
      },
      {
        type: 'turn',
        conversation,
        atMs: atMs + 9000,
        timing: {
          turnId: 'a',
          outcome: 'interrupted',
          source: 'voice',
          sounded: true,
          voiceToVoiceMs: 470,
          stages,
        },
      },
      {
        type: 'facts',
        conversation,
        person,
        persona: 'june',
        turnId: 'a',
        facts: [{ key: `likes_${about}`, value: about, text: `They like ${about}.` }],
        atMs,
      },
      { type: 'end', conversation, ending: 'left', atMs: atMs + 700_000 },
    ];
    await ingest(
      database.db,
      conversation,
      records.map((record, i) => ({ seq: i + 1, record })),
    );
    return conversation;
  };
  const open = async (path: string, { size = SIZES.desktop, dark = false, key = KEY } = {}) => {
    const context = await browser.newContext({ viewport: size, colorScheme: dark ? 'dark' : 'light' });
    if (key !== '') await context.addInitScript(each => localStorage.setItem('visavis-person', each), key);
    const page = await context.newPage();
    await page.goto(`${system.url}${path}`);
    return page;
  };
  const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  for (const [device, size] of Object.entries(SIZES))
    it(`lists, searches, reads and deletes on a ${device}`, async () => {
      const about = `whales-${device}`;
      await keep(about);
      await keep(`tea-${device}`);
      const page = await open('/conversations', { size, dark: device === 'phone' });
      await page.getByRole('list', { name: 'Conversations' }).getByText(about).waitFor();
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/list-${device}.png` });
      expect(await fits(page)).toBe(true);
      await page.getByLabel('Search what was said').fill(about);
      await until('only what was looked for', async () => (await page.locator('[data-conversation]').count()) === 1);
      await page.locator('[data-conversation] button').click();
      await page.getByText('interrupted · answered in 470 ms').waitFor();
      await page.getByText('happy').waitFor();
      expect(await fits(page)).toBe(true);
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export as WebVTT' }).click();
      expect((await downloading).suggestedFilename()).toMatch(/\.vtt$/);
      await page.getByRole('button', { name: 'Delete this conversation' }).click();
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/reading-${device}.png` });
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete this conversation' }).click();
      await page.getByLabel('Search what was said').fill(about);
      await page.getByText('Nothing like this was said.').waitFor();
      await page.context().close();
    });

  it('shows what is remembered, to correct and to forget, and forgets everything', async () => {
    await keep('candles');
    await keep('boats');
    const page = await open('/conversations');
    await page.getByRole('button', { name: 'What is remembered of you' }).click();
    await page.getByRole('button', { name: 'Edit: They like candles.' }).click();
    await page.getByLabel('Correct what is remembered').fill('They make candles.');
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/memories.png` });
    await page.keyboard.press('Enter');
    await page.getByText('They make candles.').waitFor();
    await page.getByRole('button', { name: 'Delete: They like boats.' }).click();
    await page.getByText('They like boats.').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Forget everything about me' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Forget everything about me' }).click();
    await page.getByText('Everything about you is gone.').waitFor();
    expect(await page.evaluate(() => localStorage.getItem('visavis-person'))).toBeNull();
    await page.context().close();
  });

  it('[S1] asks for a token where this browser knows nobody, and says why one is refused', async () => {
    const page = await open('/conversations', { key: '' });
    await page.getByLabel('Token').fill('nonsense');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText(/not signed by this server/).waitFor();
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/token.png` });
    await page.context().close();
  });

  it('in a call one reads the latest when one comes back, and what was before when one asks', async () => {
    const page = await open('/r/long?name=Ann', { size: SIZES.phone, key: '' });
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.locator('main.call[data-state="connected"]').waitFor();
    const room = system.rooms.find('long')!;
    for (let i = 0; i < 60; i++)
      room.logged({
        ...{ id: `e${i}`, turnId: `e${i}`, speaker: 'avatar', speakerName: 'Ollie', role: 'avatar', source: 'voice' },
        ...{ text: `Line ${i}.`, final: true, atMs: Date.now() },
      });
    const lines = page.locator('[data-entry]');
    await until('all of it', async () => (await lines.count()) === 60);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await until('the latest only', async () => (await lines.count()) === 50);
    await page.getByRole('log').evaluate(log => {
      log.scrollTop = 0;
    });
    await page.getByRole('button', { name: 'Show earlier' }).click();
    await until('the rest', async () => (await lines.count()) === 60);
    expect(await page.getByRole('button', { name: 'Show earlier' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'New messages' }).count()).toBe(0);
    // What was being read stays in view.
    expect(await lines.nth(10).evaluate(line => line.getBoundingClientRect().top > 0)).toBe(true);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/earlier.png` });
    await page.context().close();
  });

  it('in the lobby one chooses to be remembered, and then to go on', async () => {
    const page = await open('/?name=Ann', { size: SIZES.phone, key: '' });
    await page.getByLabel('Remember me next time').check();
    expect(await page.getByLabel('Continue our last conversation').count()).toBe(0);
    await page.getByRole('button', { name: 'Join' }).click();
    const own = () => system.rooms.all.find(({ name }) => name === page.url().split('/r/')[1]?.split('?')[0]);
    await until('their seat', () => own()?.seats.size === 1);
    const [seat] = own()!.seats.values();
    expect(seat!.admission).toMatchObject({ remember: true, resume: false, person: expect.stringMatching(/^p-/) });
    await page.goto(`${system.url}/`);
    await page.getByLabel('Continue our last conversation').check();
    await page.getByRole('link', { name: 'Conversations' }).waitFor();
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/lobby.png` });
    expect(await fits(page)).toBe(true);
    await page.context().close();
  });
});
