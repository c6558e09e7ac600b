import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../infra/setup/chromium.mjs';
import { installProbe, type Picture } from './page-script.ts';
import { until } from './system.ts';

export const CHROMIUM = findChromium();

/** Keeps Chromium from talking to anyone but the page's server. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
];

export const launchChromium = (executablePath = CHROMIUM): Promise<Browser> => {
  if (executablePath === undefined) throw new Error('there is no Chromium');
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
};

/** A person in front of a browser: joins, speaks, listens, reads. */
export class Caller {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly errors: string[] = [];

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.context = context;
    page.on('pageerror', error => this.errors.push(error.message));
  }

  static async open(browser: Browser, url: string, viewport = { width: 1280, height: 800 }): Promise<Caller> {
    const context = await browser.newContext({
      viewport,
      permissions: ['microphone', 'camera'],
      ignoreHTTPSErrors: true,
      bypassCSP: true,
    });
    const page = await context.newPage();
    // The transpiler marks functions with a helper that the page does not have.
    await page.addInitScript({ content: `globalThis.__name = f => f; (${installProbe.toString()})();` });
    await page.goto(url);
    return new Caller(page, context);
  }

  /** Joins from the lobby; resolves when the avatar's voice can be heard. */
  async join(): Promise<void> {
    await this.page.getByRole('button', { name: 'Join', exact: true }).click();
    await this.connected();
  }

  async connected(): Promise<void> {
    await this.page.locator('video[data-kind="avatar"]').waitFor({ state: 'attached' });
    await until('the avatar’s voice', () => this.page.evaluate(() => window.probe.hear()));
    await this.page.evaluate(() => window.probe.watch());
  }

  speak(pcm: Int16Array): Promise<{ startS: number; endS: number }> {
    return this.page.evaluate(
      data => window.probe.speak(data),
      Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64'),
    );
  }

  now(): Promise<number> {
    return this.page.evaluate(() => window.probe.now());
  }

  loudness(sinceS: number): Promise<[number, number][]> {
    return this.page.evaluate(since => window.probe.loudness(since), sinceS);
  }

  pictures(sinceS: number): Promise<Picture[]> {
    return this.page.evaluate(since => window.probe.pictures(since), sinceS);
  }

  /** What the avatar said since then, 16 kHz. */
  async recorded(sinceS: number): Promise<Int16Array> {
    const bytes = Buffer.from(await this.page.evaluate(since => window.probe.recorded(since), sinceS), 'base64');
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  }

  /** The log as it reads now. */
  log(): Promise<{ speaker: string; role: string; text: string; final: boolean }[]> {
    return this.page
      .getByRole('log', { name: 'Conversation' })
      .locator('[data-entry]')
      .evaluateAll(items =>
        items.map(item => ({
          speaker: item.getAttribute('data-speaker') ?? '',
          role: item.getAttribute('data-role') ?? '',
          text: item.querySelector('[data-text]')?.textContent ?? item.textContent ?? '',
          final: item.getAttribute('data-final') === 'true',
        })),
      );
  }

  /** Resolves when the avatar has been silent for `quietMs`. */
  async avatarQuiet(quietMs = 900, timeoutMs = 30_000): Promise<void> {
    await until(
      'the avatar to be silent',
      async () => {
        const now = await this.now();
        const recent = await this.loudness(now - quietMs / 1000);
        return recent.length > 0 && recent.every(([, rms]) => rms < AUDIBLE_RMS);
      },
      timeoutMs,
    );
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Above this a block of sound is heard. */
export const AUDIBLE_RMS = 0.004;

/** When sound began after `sinceS`: the first of two audible blocks in a row; undefined while there is none. */
export function onset(loudness: [number, number][], sinceS: number): number | undefined {
  const later = loudness.filter(([time]) => time >= sinceS);
  return later.find(([, rms], i) => rms >= AUDIBLE_RMS && (later[i + 1]?.[1] ?? 0) >= AUDIBLE_RMS)?.[0];
}
