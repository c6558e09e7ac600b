import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from './harness/browser.ts';
import { type System, startSystem } from './harness/system.ts';

describe.skipIf(CHROMIUM === undefined)('the page as an app (skipped where there is no Chromium)', () => {
  let system: System;
  let profile: string;
  beforeAll(async () => {
    system = await startSystem({ basePath: '/talk/' });
    profile = fs.mkdtempSync(path.join(os.tmpdir(), 'profile-'));
  });
  afterAll(async () => {
    await system?.close();
    fs.rmSync(profile, { recursive: true, force: true });
  });

  it('can be installed: Chromium finds nothing wrong with it, and its own address under the page’s path', async () => {
    // A window that keeps nothing installs nothing, either.
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM!,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', message => message.type() === 'error' && refused.push(message.text()));
    await page.goto(`${system.url}/talk/`);
    await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
    const devtools = await context.newCDPSession(page);
    const { url, errors, data } = await devtools.send('Page.getAppManifest');
    expect([url, errors]).toEqual([`${system.url}/talk/manifest.webmanifest`, []]);
    expect(new URL(JSON.parse(data!).start_url, url).pathname).toBe('/talk/');
    expect((await devtools.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([]);
    const served = await fetch(url);
    expect(served.headers.get('content-type')).toMatch(/^application\/manifest\+json/);
    for (const { src, type, sizes } of JSON.parse(data!).icons as { src: string; type: string; sizes: string }[]) {
      const icon = await fetch(new URL(src, url));
      expect([src, icon.status, icon.headers.get('content-type')]).toEqual([src, 200, type]);
      if (type === 'image/png') expect(sizesOf(Buffer.from(await icon.arrayBuffer()))).toBe(sizes);
    }
    expect(refused.filter(text => /manifest|icon/i.test(text))).toEqual([]);
    await context.close();
  });
});

/** Width and height, as the head of a PNG file has them. */
const sizesOf = (png: Buffer): string => `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
