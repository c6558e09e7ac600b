/**
 * Sets up what is missing, then runs a program of the project on the project's own Node:
 *   node infra/setup/run.mjs [--tests | --packages] <program> [arguments]
 * With --packages nothing but those is set up: for what needs no media, no models and no page.
 * Plain JavaScript for any Node from 20 on: nothing is installed yet when it begins.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensureClient } from './client.mjs';
import { ensureLiveKit } from './livekit.mjs';
import { ensureModels } from './models.mjs';
import { installPackages, NODE, ROOT } from './packages.mjs';
import { ensurePromtool } from './promtool.mjs';
import { SetupError, step } from './step.mjs';
import { ensureTestWheels } from './wheels.mjs';
import { ensureWorker } from './worker.mjs';

const args = process.argv.slice(2);
const tests = args[0] === '--tests';
const packages = args[0] === '--packages';
const [program, ...rest] = tests || packages ? args.slice(1) : args;
// What such a program prints is read by other programs: the set-up speaks beside it.
if (packages) process.stdout.write = process.stderr.write.bind(process.stderr);

try {
  process.chdir(ROOT);
  await step('packages', installPackages);
  if (!packages) {
    await step('media worker', ensureWorker);
    await step('models', ensureModels);
    await step('page', ensureClient);
  }
  if (tests) {
    await step('browser for tests', ensureChromium);
    await step('promtool for tests', ensurePromtool);
    await step('language model for tests', ensureTestWheels);
    await step('LiveKit server for tests', ensureLiveKit);
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nThe set-up cannot go on: ${error.message}\n`);
  process.exit(1);
}

const child = spawn(fs.existsSync(NODE) ? NODE : process.execPath, [path.resolve(program), ...rest], {
  stdio: 'inherit',
  env: {
    // What was compiled once is not compiled again: a host that has to be started anew is there a third sooner.
    NODE_COMPILE_CACHE: path.join(ROOT, 'node_modules/.cache/compiled'),
    ...process.env,
    PATH: `${path.join(ROOT, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
  },
});
// The program ends by itself on a signal to the group; ours is to wait for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1)));
