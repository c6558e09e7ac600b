import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { aptInstall, mayInstall } from './apt.mjs';
import { NODE, ROOT } from './packages.mjs';
import { run } from './step.mjs';

const KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A browser that is there already: `CHROMIUM`, the usual places, or one that playwright keeps. */
export function findChromium() {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) return fs.existsSync(CHROMIUM) ? CHROMIUM : undefined;
  const known = KNOWN.find(file => fs.existsSync(file));
  if (known !== undefined) return known;
  try {
    const kept = createRequire(path.join(ROOT, 'package.json'))('playwright-core').chromium.executablePath();
    return fs.existsSync(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Chromium for the tests, where it may be installed; without it the tests that need it say so and are skipped. */
export async function ensureChromium() {
  if (findChromium() !== undefined) return undefined;
  if (mayInstall() && (await aptInstall(['chromium'])) && findChromium() !== undefined) return 'installed';
  if (process.env.VISAVIS_NO_INSTALL === undefined) {
    const status = await run(NODE, ['node_modules/playwright-core/cli.js', 'install', 'chromium'], {
      cwd: ROOT,
      quiet: true,
    });
    if (status === 0 && findChromium() !== undefined) return 'downloaded';
  }
  console.log(
    'set-up: there is no Chromium: tests that need a browser will be skipped. Install one, or set CHROMIUM to its path.',
  );
  return undefined;
}
