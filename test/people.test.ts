import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

describe.skipIf(CHROMIUM === undefined)('people in a room (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
    await system.ready();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });
  const enter = async (room: string, name: string) => {
    const caller = await Caller.open(browser, `${system.url}/r/${room}?name=${name}&join=1`);
    await caller.page.locator('[data-state="connected"]').waitFor();
    return caller;
  };

  it('are invited by a link that holds nothing of one’s own, listed, and counted', async () => {
    const ann = await enter('guests', 'Ann&persona=ollie');
    await ann.page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = ann.page.getByRole('dialog', { name: 'People' });
    const link = await dialog.getByLabel('Link to this room').inputValue();
    expect(link).toBe(`${system.url}/r/guests`);
    await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: 'Copy link' }).click();
    await dialog.getByText('Copied.').waitFor();
    expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await dialog.getByRole('button', { name: 'QR code' }).click();
    await dialog.getByRole('img', { name: /QR code/ }).waitFor();
    const bob = await Caller.open(browser, `${link}?name=Bob&join=1`);
    await until('Bob to be listed', async () => (await dialog.getByRole('listitem').count()) === 3);
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Ollie\s+AI$/),
      expect.stringMatching(/^Ann\s+you\s+muted$/),
      expect.stringMatching(/^Bob\s+muted$/),
    ]);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await ann.page.getByRole('button', { name: 'People (2)' }).waitFor();
    expect(await ann.page.getByRole('button', { name: 'Invite somebody' }).count()).toBe(0);
    await Promise.all([ann.close(), bob.close()]);
  });
});
