import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { run, SetupError } from './step.mjs';

export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
/** The pinned Node, from an npm package where there is one for this platform. */
export const NODE = path.join(ROOT, 'node_modules/.bin/node');

const STAMP = path.join(ROOT, 'node_modules/.visavis-lock');
/** Libraries for each platform, by the name of the platform and that of its processor. */
const ONNX_RUNTIMES = path.join(ROOT, 'node_modules/onnxruntime-node/bin/napi-v6');

/** Installs what the lockfile names, when it has changed since the last time. */
export async function installPackages() {
  const wanted = createHash('sha256')
    .update(fs.readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === wanted) return undefined;
  console.log('set-up: installing packages');
  // Install scripts are not run: the only one that matters, mediasoup's, is replaced by the next step.
  const status = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    quiet: true,
    cwd: ROOT,
    shell: process.platform === 'win32',
  });
  process.stdout.write('\n');
  if (status !== 0)
    throw new SetupError(
      '"npm ci" failed, see above. Visavis needs npm 11 ("npm install -g npm@11") and a package registry.',
    );
  if (!fs.existsSync(NODE) && Number(process.versions.node.split('.')[0]) < 24)
    throw new SetupError(
      `there is no packaged Node for ${process.platform} ${process.arch}: install Node 24 and start again.`,
    );
  dropOtherPlatforms();
  // llama.cpp's source, 35 MB: nothing is built of it here.
  fs.rmSync(path.join(ROOT, 'node_modules/node-llama-cpp/llama/gitRelease.bundle'), { force: true });
  fs.writeFileSync(STAMP, wanted);
  return 'installed';
}

/** onnxruntime-node brings its library for all platforms, 288 MB; only this one's is kept. */
export function dropOtherPlatforms(libraries = ONNX_RUNTIMES) {
  const ours = path.join(libraries, process.platform, process.arch);
  if (!fs.existsSync(ours)) return;
  console.log(
    `set-up: packages: of ONNX Runtime's libraries only that for ${process.platform} ${process.arch} is kept`,
  );
  for (const platform of fs.readdirSync(libraries))
    for (const processor of fs.readdirSync(path.join(libraries, platform))) {
      const folder = path.join(libraries, platform, processor);
      if (folder !== ours) fs.rmSync(folder, { recursive: true });
    }
}
