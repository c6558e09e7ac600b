/**
 * The page itself, at a real browser: how soon it can be seen, on a slow line too, what it weighs, how soon a click on
 * Join becomes a picture, how soon a lost network is told, and what an automatic check of accessibility finds.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { Caller, CHROMIUM, launchChromium } from '../test/harness/browser.ts';
import { Namespace } from '../test/harness/namespace.ts';
import { spread } from '../test/harness/stats.ts';
import { type System, startSystem } from '../test/harness/system.ts';
import { pause, SHORT } from './load/product.ts';

const ROUNDS = SHORT ? 2 : 7;
/** A slow mobile line. */
const SLOW = { downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8, latency: 150, offline: false };
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PHONE = { width: 390, height: 844 };

export async function bench(): Promise<object> {
  const [system, browser] = await Promise.all([startSystem(), launchChromium()]);
  await system.ready();
  try {
    const { paintsMs, slowPaintsMs, scriptKb, joinsMs } = await opened(browser, system);
    return {
      firstPaintMs: Math.round(spread(paintsMs).p50),
      firstPaintSlowMs: Math.round(spread(slowPaintsMs).p50),
      scriptKb,
      joinToFirstFrameMs: spread(joinsMs),
      offlineNoticedMs: await offline(),
      axeFindings: await findings(browser, system),
    };
  } finally {
    await browser.close();
    await system.close();
  }
}

async function opened(browser: Browser, system: System) {
  const [paintsMs, slowPaintsMs, joinsMs]: [number[], number[], number[]] = [[], [], []];
  let scriptKb = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const isSlow of [false, true]) {
      const context = await browser.newContext({ permissions: ['microphone', 'camera'] });
      const page = await context.newPage();
      const cdp = await context.newCDPSession(page);
      await cdp.send('Network.enable');
      if (isSlow) await cdp.send('Network.emulateNetworkConditions', SLOW);
      const weight = scripts(cdp);
      await page.goto(`${system.url}/r/page${round}?name=Ann`);
      (isSlow ? slowPaintsMs : paintsMs).push(await firstPaint(page));
      if (!isSlow) {
        await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
        // A person looks at the lobby first.
        await pause(2000);
        joinsMs.push(await joined(page));
        scriptKb = Math.round(weight() / 100) / 10;
      }
      await context.close();
    }
  }
  return { paintsMs, slowPaintsMs, scriptKb, joinsMs };
}

/** Bytes of scripts as they came over the wire. */
function scripts(cdp: CDPSession): () => number {
  const ids = new Set<string>();
  let bytes = 0;
  cdp.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && ids.add(requestId));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (ids.has(requestId)) bytes += encodedDataLength;
  });
  return () => bytes;
}

const firstPaint = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>(resolve => {
        const told = (entries: PerformanceEntryList) => {
          const paint = entries.find(({ name }) => name === 'first-contentful-paint');
          if (paint !== undefined) resolve(paint.startTime);
        };
        new PerformanceObserver(list => told(list.getEntries())).observe({ type: 'paint', buffered: true });
      }),
  );

/** From the click to the avatar's first picture, ms. */
const joined = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>(resolve => {
        const join = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Join')!;
        const startMs = performance.now();
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>('video[data-kind="avatar"]');
          if (video === null) requestAnimationFrame(look);
          else video.requestVideoFrameCallback(nowMs => resolve(nowMs - startMs));
        };
        look();
        join.click();
      }),
  );

/** From the moment that nothing comes through any more, while all cables are in place; undefined where no network of one's own can be made. */
async function offline(): Promise<number | undefined> {
  const namespace = Namespace.create();
  if (namespace === undefined) return undefined;
  const { address } = namespace;
  const [system, browser] = await Promise.all([
    startSystem({
      host: address,
      https: { selfSigned: true },
      auth: { apiKey: 'bench', apiSecret: 'a secret that is long enough to be one' },
      media: { listenIp: address },
    }),
    launchChromium(namespace.wrap(CHROMIUM!)),
  ]);
  const noticedMs: number[] = [];
  try {
    await system.ready();
    for (let round = 0; round < (SHORT ? 1 : 5); round++) {
      const caller = await Caller.open(browser, `${system.url}/r/offline${round}?name=Ann`);
      await caller.join();
      await caller.avatarQuiet();
      if ((await caller.page.locator('.notice.trouble').count()) > 0)
        throw new Error('it tells of a loss before there is one');
      namespace.swallow(true);
      const startMs = performance.now();
      await caller.page.locator('.notice.trouble').waitFor();
      noticedMs.push(performance.now() - startMs);
      namespace.swallow(false);
      await caller.page.locator('[data-state="connected"]').waitFor();
      await caller.close();
    }
  } finally {
    await browser.close();
    await system.close();
    namespace.close();
  }
  return Math.round(spread(noticedMs).p50);
}

/** Every page and state that anybody sees. */
async function findings(browser: Browser, system: System): Promise<number> {
  let found = 0;
  const check = async (page: Page, where: string) => {
    await page.evaluate(fs.readFileSync(AXE, 'utf8'));
    const rules = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
      return (await axe.run()).violations.map(({ id }) => id);
    });
    if (rules.length > 0) console.log(`${where}: ${rules.join(', ')}`);
    found += rules.length;
  };
  for (const [device, viewport] of Object.entries({ desktop: { width: 1440, height: 900 }, phone: PHONE })) {
    const caller = await Caller.open(browser, `${system.url}/`, viewport);
    const { page } = caller;
    await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
    await check(page, `front page, ${device}`);
    await page.goto(`${system.url}/r/axe?name=Ann`);
    await caller.join();
    await caller.avatarQuiet();
    await check(page, `call, ${device}`);
    await page.getByRole('button', { name: 'Devices' }).click();
    await check(page, `settings, ${device}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^People/ }).click();
    await check(page, `people, ${device}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('button', { name: 'Join again' }).waitFor();
    await check(page, `end, ${device}`);
    await page.goto(`${system.url}/r/axe?name=Ann&lang=ar`);
    await page.locator('html[dir="rtl"] h1').first().waitFor();
    await check(page, `front page from right to left, ${device}`);
    await page.goto(`${system.url}/?lang=en`);
    for (const address of ['/conversations', '/nowhere']) {
      await page.goto(`${system.url}${address}`);
      await page.locator('h1').first().waitFor();
      await check(page, `${address}, ${device}`);
    }
    await caller.close();
  }
  return found;
}
