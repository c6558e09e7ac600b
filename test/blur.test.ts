import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem } from './harness/system.ts';

/** The engine is 6 MB, and machines without graphics take seconds for the first picture. */
const PATIENCE = { timeout: 60_000 };

describe.skipIf(CHROMIUM === undefined)('a blurred background (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });

  it('is made in the page, of what its own server has, only when somebody wants it', async () => {
    // With the page’s own rules for what may run.
    const context = await browser.newContext({ permissions: ['microphone', 'camera'] });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', request => asked.push(request.url()));
    await page.goto(`${system.url}/r/blurred?name=Ann`);
    const camera = page.locator('video[aria-label="Your camera"]');
    const label = () =>
      camera.evaluate(video => ((video as HTMLVideoElement).srcObject as MediaStream)?.getVideoTracks()[0]?.label);
    await expect.poll(label, PATIENCE).toMatch(/^fake/);
    expect(asked.filter(url => url.includes('/blur/'))).toEqual([]);

    await page.getByText(/^Room, devices/).click();
    await page.getByLabel('Blur my background').check();
    // No camera's any more, but the page's own.
    await expect.poll(label, PATIENCE).not.toMatch(/^fake/);
    await expect
      .poll(() => camera.evaluate(video => (video as HTMLVideoElement).videoWidth), PATIENCE)
      .toBeGreaterThan(2);
    expect(asked.some(url => url.endsWith('.tflite'))).toBe(true);
    expect(asked.filter(url => !url.startsWith(system.url) && !url.startsWith('blob:'))).toEqual([]);
    await context.close();
  });
});
