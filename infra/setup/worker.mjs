import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { aptInstall, mayInstall } from './apt.mjs';
import { NODE, ROOT } from './packages.mjs';
import { run, SetupError } from './step.mjs';

const RECIPE = path.join(ROOT, 'infra/mediasoup-worker');
const BUILD_PACKAGES = [
  'g++',
  'meson',
  'ninja-build',
  'pkg-config',
  'libssl-dev',
  'libuv1-dev',
  'libsrtp2-dev',
  'libabsl-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
];
const DOWNLOAD_MS = 60_000;
/** What the worker answers when it is started without its environment; a missing library gives 127. */
const WITHOUT_ENVIRONMENT = 41;

const works = file =>
  fs.existsSync(file) && spawnSync(file, [], { env: {}, stdio: 'ignore' }).status === WITHOUT_ENVIRONMENT;

function install(from, to) {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  // A new file, then a rename: the worker may be running from the old one.
  const fresh = `${to}.new`;
  fs.copyFileSync(from, fresh);
  fs.chmodSync(fresh, 0o755);
  fs.renameSync(fresh, to);
}

/** Where a build of this version by this recipe is kept for the next checkout. */
function cacheFile(version) {
  const recipe = createHash('sha256').update(version);
  for (const name of fs.readdirSync(RECIPE, { recursive: true }).map(String).sort()) {
    const file = path.join(RECIPE, name);
    if (fs.statSync(file).isFile()) recipe.update(name).update(fs.readFileSync(file));
  }
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return path.join(
    cache,
    'mediasoup-worker',
    `${version}-${os.platform()}-${os.arch()}-${recipe.digest('hex').slice(0, 12)}`,
  );
}

/** Puts a working mediasoup worker where mediasoup looks for it: kept build, prebuilt download, own build. */
export async function ensureWorker() {
  const folder = path.resolve(createRequire(path.join(ROOT, 'package.json')).resolve('mediasoup'), '../../..');
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const binary = path.join(folder, 'worker/out/Release/mediasoup-worker');
  if (works(process.env.MEDIASOUP_WORKER_BIN || binary)) return undefined;
  const cached = cacheFile(version);
  if (works(cached)) {
    install(cached, binary);
    return 'taken from the cache';
  }
  if (process.env.VISAVIS_WORKER_BUILD === undefined && (await download(folder)) && works(binary)) return 'downloaded';
  console.log(
    'set-up: media worker: no prebuilt binary could be had; building it from source, which takes some minutes, once',
  );
  fs.mkdirSync(path.dirname(cached), { recursive: true });
  const build = () => run('sh', [path.join(RECIPE, 'build.sh'), folder, cached]);
  if (!canBuild()) {
    if (!mayInstall() || !(await aptInstall(BUILD_PACKAGES)))
      throw new SetupError(
        `building the media worker needs some packages. On Debian or Ubuntu run\n\n  sudo apt-get install -y --no-install-recommends ${BUILD_PACKAGES.join(' ')}\n\nand start again.`,
      );
  }
  if ((await build()) !== 0 || !works(cached)) throw new SetupError('the media worker could not be built, see above.');
  install(cached, binary);
  return 'built';
}

/** mediasoup's own installer; `PYTHON=false` makes its fallback, an online build, end at once. */
async function download(folder) {
  console.log('set-up: media worker: downloading the prebuilt binary');
  const status = spawnSync(fs.existsSync(NODE) ? NODE : process.execPath, ['npm-scripts.mjs', 'postinstall'], {
    cwd: folder,
    timeout: DOWNLOAD_MS,
    stdio: 'ignore',
    env: { ...process.env, PYTHON: 'false' },
  }).status;
  return status === 0;
}

function canBuild() {
  const tools = ['g++', 'meson', 'ninja', 'pkg-config', 'flatc'].every(
    tool => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  return (
    tools &&
    spawnSync('pkg-config', ['--exists', 'openssl', 'libuv', 'libsrtp2', 'absl_base', 'flatbuffers'], {
      stdio: 'ignore',
    }).status === 0
  );
}
