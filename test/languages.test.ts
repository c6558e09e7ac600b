import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import ar from '../client/words/ar.json' with { type: 'json' };
import de from '../client/words/de.json' with { type: 'json' };
import ja from '../client/words/ja.json' with { type: 'json' };
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem } from './harness/system.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };

const directionOf = (page: Page) =>
  page.evaluate(() => [document.documentElement.lang, document.documentElement.dir] as const);
const overflows = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

describe.skipIf(CHROMIUM === undefined)('the page’s language (skipped where there is no Chromium)', () => {
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
  afterEach(() => Promise.all(browser.contexts().map(context => context.close())));
  const open = (path: string, viewport?: typeof PHONE) => Caller.open(browser, `${system.url}${path}`, viewport);

  it('is the browser’s from the first picture on: no other is seen before', async () => {
    const context = await browser.newContext({ locale: 'de-AT', permissions: ['microphone', 'camera'] });
    const page = await context.newPage();
    await page.addInitScript({
      content: `window.seen = new Set();
        new MutationObserver(() => document.querySelectorAll('button').forEach(each => seen.add(each.textContent)))
          .observe(document, { childList: true, subtree: true });`,
    });
    await page.goto(`${system.url}/`);
    await page.getByRole('button', { name: de.join, exact: true }).waitFor();
    const seen = await page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
    expect(seen).toContain(de.join);
    expect(seen).not.toContain('Join');
    expect(await directionOf(page)).toEqual(['de', 'ltr']);
  });

  it('is chosen in the lobby and in the call, at once and for the next time; the picture goes on', async () => {
    const { page } = await open('/r/chosen?name=Ann&lang=en');
    await page.getByText('Room, devices, language, another face').click();
    await page.getByRole('combobox', { name: 'Language' }).selectOption('ja');
    await page.getByRole('button', { name: ja.join, exact: true }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: ja.join, exact: true }).click();
    const avatar = page.locator('video[data-kind="avatar"]');
    await avatar.waitFor({ state: 'attached' });
    const element = await avatar.elementHandle();
    await page.getByRole('button', { name: ja['settings.title'] }).click();
    await page.getByRole('combobox', { name: ja.language }).selectOption('de');
    await page.getByRole('button', { name: de.done, exact: true }).click();
    await page.getByRole('button', { name: de.leave, exact: true }).waitFor();
    expect(await page.evaluate(video => video?.isConnected, element)).toBe(true);
  });

  it('reads from right to left in Arabic, in the lobby and in the call, and fits a phone', async () => {
    const { page } = await open('/r/arabic?lang=ar', PHONE);
    const join = page.getByRole('button', { name: ar.join, exact: true });
    await join.waitFor();
    expect(await directionOf(page)).toEqual(['ar', 'rtl']);
    expect(await overflows(page)).toBe(false);
    await page.getByRole('textbox', { name: ar['lobby.name'] }).fill('ليلى');
    await join.click();
    await page.locator('[data-state="connected"]').waitFor();
    await page.locator('video[aria-label="ليلى"]').waitFor({ state: 'attached' });
    expect(await overflows(page)).toBe(false);
  });

  it('has the conversation on the other side in Arabic, and pictures as they are', async () => {
    const sideOf = async (lang: string) => {
      const { page } = await open(`/r/sides?name=Ann&join=1&lang=${lang}`, DESKTOP);
      await page.locator('[data-state="connected"]').waitFor();
      const avatar = page.locator('.tile.avatar:not(.waiting)');
      await avatar.waitFor();
      const [talk, stage] = await Promise.all([page.locator('.talk').boundingBox(), avatar.boundingBox()]);
      const turned = await avatar.locator('video').evaluate(video => getComputedStyle(video).transform);
      await page.context().close();
      return [talk!.x < stage!.x ? 'before' : 'behind', turned];
    };
    expect(await sideOf('en')).toEqual(['behind', 'none']);
    expect(await sideOf('ar')).toEqual(['before', 'none']);
  });
});
