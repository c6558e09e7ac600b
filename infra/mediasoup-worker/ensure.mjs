// Puts a working mediasoup-worker where mediasoup looks for it.
//   node ensure.mjs            copy from cache, else download, else build
//   node ensure.mjs --no-build same without the build, never fails (postinstall)
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const noBuild = process.argv.includes('--no-build');
let pkg;
try {
  pkg = path.resolve(createRequire(import.meta.url).resolve('mediasoup'), '../../..');
} catch (error) {
  if (noBuild) process.exit(0); // npm install --package-lock-only
  throw error;
}
const { version } = JSON.parse(fs.readFileSync(path.join(pkg, 'package.json'), 'utf8'));
const bin = path.join(pkg, 'worker/out/Release/mediasoup-worker');

// Without its environment the worker exits with 41; a missing library gives 127.
const works = file => fs.existsSync(file) && spawnSync(file, [], { env: {}, stdio: 'ignore' }).status === 41;
const install = file => {
  fs.mkdirSync(path.dirname(bin), { recursive: true });
  fs.copyFileSync(file, bin);
  fs.chmodSync(bin, 0o755);
};

const recipe = createHash('sha256').update(version);
for (const f of fs.readdirSync(here, { recursive: true }).map(String).sort()) {
  const file = path.join(here, f);
  if (f !== 'ensure.mjs' && fs.statSync(file).isFile()) recipe.update(f).update(fs.readFileSync(file));
}
const cacheDir = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'mediasoup-worker');
const cached = path.join(cacheDir, `${version}-${os.platform()}-${os.arch()}-${recipe.digest('hex').slice(0, 12)}`);

if (works(process.env.MEDIASOUP_WORKER_BIN || bin)) process.exit(0);
if (works(cached)) {
  install(cached);
  process.exit(0);
}

// mediasoup's own postinstall; PYTHON=false makes its build fallback end at once.
console.log('mediasoup-worker: downloading the prebuilt binary');
spawnSync(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
  cwd: pkg,
  timeout: 60_000,
  stdio: 'ignore',
  env: { ...process.env, PYTHON: 'false' },
});
if (works(bin)) process.exit(0);
if (noBuild) {
  console.log('mediasoup-worker: no prebuilt binary; npm start / npm test will build it');
  process.exit(0);
}

console.log('mediasoup-worker: download failed, building (some minutes, once)');
fs.mkdirSync(cacheDir, { recursive: true });
const { status } = spawnSync('sh', [path.join(here, 'build.sh'), pkg, cached], { stdio: 'inherit' });
if (status !== 0 || !works(cached)) {
  console.error(`mediasoup-worker: build failed; see the apt-get line in ${path.join(here, 'build.sh')}`);
  process.exit(1);
}
install(cached);
