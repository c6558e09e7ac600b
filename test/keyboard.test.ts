import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

/** More presses of Tab lead nowhere. */
const MOST_TABS = 40;

describe.skipIf(CHROMIUM === undefined)('the page without a mouse, and very large (skipped without Chromium)', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
    await system.ready();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  /** What has the focus: its words, and whether one sees that it has it. */
  const focused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
      return {
        tag: element.tagName,
        label: (label ?? '').trim(),
        seen: (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none',
        inCall: element.closest('main.call') !== null,
      };
    });
  /** Goes there with Tab alone; everything on the way shows that it has the focus. */
  const tabTo = async (page: Page, name: RegExp) => {
    const passed: string[] = [];
    for (let i = 0; i < MOST_TABS; i++) {
      await page.keyboard.press('Tab');
      const now = await focused(page);
      if (now.tag === 'BODY') continue;
      passed.push(now.label);
      if (!now.seen && now.tag !== 'INPUT') throw new Error(`nobody sees that ${now.tag} “${now.label}” has the focus`);
      if (name.test(now.label)) return;
    }
    throw new Error(`Tab never comes to ${name}: ${passed.join(' · ')}`);
  };

  it('goes through a whole call', async () => {
    const caller = await Caller.open(browser, `${system.url}/r/keys?name=Ann`);
    const { page } = caller;
    await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
    await tabTo(page, /^Join$/);
    await page.keyboard.press('Enter');
    await caller.connected();
    await until('the focus to be in the call', async () => (await focused(page)).inCall);

    await tabTo(page, /^Devices/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect((await focused(page)).label).toMatch(/^Devices/);

    await tabTo(page, /Message/);
    await page.keyboard.type('What is your name?');
    await page.keyboard.press('Enter');
    await until('an answer', async () => (await caller.log()).some(({ text }) => /Ollie/.test(text)));

    await tabTo(page, /^People/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');

    await tabTo(page, /^Leave/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Join again' }).waitFor();
    await tabTo(page, /^Join again/);
    await page.keyboard.press('Enter');
    await caller.connected();
    expect(caller.errors).toEqual([]);
  });

  it('can be used at 400 % on a small screen: nothing is cut off, nothing scrolls sideways', async () => {
    // What is left of 1280 × 1024 pixels.
    const caller = await Caller.open(browser, `${system.url}/r/large?name=Ann`, { width: 320, height: 256 });
    const { page } = caller;
    const join = page.getByRole('button', { name: 'Join', exact: true });
    await join.waitFor();
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const reached = async (name: string, role: 'button' | 'textbox' = 'button') => {
      const element = page.getByRole(role, { name }).first();
      await element.scrollIntoViewIfNeeded();
      const box = (await element.boundingBox())!;
      expect(box.x, name).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, name).toBeLessThanOrEqual(321);
      expect(box.y, name).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height, name).toBeLessThanOrEqual(257);
      // Nothing lies on it.
      await element.click({ trial: true });
    };
    expect(await sideways()).toBeLessThanOrEqual(0);
    await reached('Join');
    await join.click();
    await caller.connected();
    expect(await sideways()).toBeLessThanOrEqual(0);
    for (const name of ['Leave', 'Devices']) await reached(name);
    await reached('Message', 'textbox');
  });
});
