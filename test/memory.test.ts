import fs from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';

describe.skipIf(CHROMIUM === undefined)(
  'a person who asked to be remembered, in Chromium (skipped where there is no Chromium)',
  () => {
    let system: System;
    let browser: Browser;
    let voice: TestVoice;
    let context: BrowserContext | undefined;

    beforeAll(async () => {
      voice = new TestVoice();
      [system, browser] = await Promise.all([startSystem(), launchChromium()]);
      await system.ready();
    });
    afterAll(async () => {
      await context?.close();
      await browser?.close();
      await Promise.all([system?.close(), voice?.close()]);
    });

    const avatarSaid = async (caller: Caller) =>
      (await caller.log()).filter(({ role, final }) => role === 'avatar' && final).map(({ text }) => text);
    const answers = async (caller: Caller) => (await caller.log()).filter(({ role }) => role === 'avatar').length;
    /** Resolves when the answer begins: nobody has to hear it out. */
    const type = async (caller: Caller, text: string) => {
      const before = await answers(caller);
      await caller.page.getByRole('textbox', { name: 'Message' }).fill(text);
      await caller.page.getByRole('button', { name: 'Send' }).click();
      await until(`an answer to "${text}"`, async () => (await answers(caller)) > before);
    };
    const leave = async (caller: Caller) => {
      await caller.page.getByRole('button', { name: 'Leave' }).click();
      await until('the room to end', () => system.rooms.all.length === 0);
    };
    const remembered = async () =>
      JSON.stringify(await system.conversations!.database.db.selectFrom('memories').select('value').execute());
    /** Everything that lies under the data directory, as bytes. */
    const onDisk = (words: string): string[] =>
      fs
        .readdirSync(system.dataDir, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => path.join(entry.parentPath, entry.name))
        .filter(file => fs.readFileSync(file).includes(words));

    it(
      'tells Sarah their name and product, leaves, comes back: she knows; reads it, exports it, erases it',
      { timeout: 180_000 },
      async () => {
        // The first call.
        const first = await Caller.open(browser, `${system.url}/?persona=sarah&name=Guest`);
        context = first.context;
        await first.page.getByLabel('Remember me next time').check();
        await first.join();
        await until('the greeting', async () => (await avatarSaid(first)).length > 0);
        await first.speak(await voice.say('My name is Wilhelmina.'));
        await until('an answer', async () => (await answers(first)) > 1);
        await type(first, 'My name is Wilhelmina.');
        await type(first, 'I sell handmade zithers to music schools.');
        await until('what they sell to be remembered', async () => (await remembered()).includes('zithers'));
        await leave(first);

        // The second: another room, another day.
        await first.page.goto(`${system.url}/r/later?persona=sarah&name=Guest`);
        await first.join();
        await until('a greeting that remembers', async () => (await avatarSaid(first)).length > 0);
        const [greeting] = await avatarSaid(first);
        expect(greeting).toMatch(/Wilhelmina/);
        expect(greeting).toMatch(/zithers/);
        await type(first, 'What do I sell?');
        await until('what they sell to be told', async () =>
          (await avatarSaid(first)).slice(1).some(text => text.includes('zithers')),
        );
        await leave(first);

        // The page, and all three exports.
        const { page } = first;
        await page.goto(`${system.url}/conversations`);
        await page.getByText('Sarah').first().waitFor();
        const token = await page.evaluate(async () => {
          const personKey = Object.values(localStorage)
            .map(value => /"?([A-Za-z0-9_-]{22,128})"?/.exec(value)?.[1])
            .find(Boolean);
          const response = await fetch('/api/person/token', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ personKey }),
          });
          return ((await response.json()) as { token: string }).token;
        });
        const api = (address: string, method = 'GET') =>
          fetch(`${system.url}${address}`, { method, headers: { authorization: `Bearer ${token}` } });
        const { conversations } = (await (await api('/api/conversations')).json()) as {
          conversations: { id: string }[];
        };
        expect(conversations).toHaveLength(2);
        const exports = await Promise.all(
          conversations.flatMap(({ id }) =>
            ['json', 'markdown', 'webvtt'].map(async format =>
              (await api(`/api/conversations/${id}/export?format=${format}`)).text(),
            ),
          ),
        );
        expect(exports.filter(text => text.includes('zithers'))).toHaveLength(6);
        expect(onDisk('zithers').length).toBeGreaterThan(0);

        // Forgotten.
        expect((await api('/api/person', 'DELETE')).status).toBeLessThan(300);
        const left = (await (await api('/api/conversations')).json()) as { conversations: unknown[] };
        expect(left.conversations).toEqual([]);
        await until('it to be gone from every file', async () => onDisk('zithers').length === 0).catch(() => {});
        expect(onDisk('zithers')).toEqual([]);
        expect(first.errors).toEqual([]);
      },
    );
  },
);
