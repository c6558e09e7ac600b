import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './step.mjs';

/** The newest whose go.mod replaces no module: such a one cannot be installed by its name. */
const VERSION = '1.13.5';
const CACHE = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'visavis-livekit', VERSION);

const works = file => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;

const hasGo = () => spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;

/** A LiveKit server that is there already: `LIVEKIT_SERVER_BIN`, one on the path, or the one that the set-up keeps. */
export function findLiveKit() {
  const { LIVEKIT_SERVER_BIN } = process.env;
  if (LIVEKIT_SERVER_BIN) return works(LIVEKIT_SERVER_BIN) ? LIVEKIT_SERVER_BIN : undefined;
  return ['livekit-server', path.join(CACHE, 'livekit-server')].find(works);
}

/** Builds LiveKit's server with Go's ordinary client, once; some minutes. */
export async function ensureLiveKit() {
  if (findLiveKit() !== undefined) return undefined;
  if (process.env.VISAVIS_NO_INSTALL === undefined && hasGo()) {
    console.log('set-up: LiveKit server for tests: building it from source, which takes some minutes, once');
    const built = path.join(CACHE, 'bin');
    fs.mkdirSync(built, { recursive: true });
    const module = `github.com/livekit/livekit-server/cmd/server@v${VERSION}`;
    const env = { ...process.env, GOBIN: built, CGO_ENABLED: '0', GOFLAGS: '-trimpath -ldflags=-s' };
    const status = await run('nice', ['-n', '10', 'go', 'install', module], { env, quiet: true });
    if (status === 0) fs.renameSync(path.join(built, 'server'), path.join(CACHE, 'livekit-server'));
    fs.rmSync(built, { recursive: true });
    if (findLiveKit() !== undefined) return 'built';
  }
  console.log(
    'set-up: there is no LiveKit server: the tests with one will be skipped. Install Go, or set LIVEKIT_SERVER_BIN to its path.',
  );
  return undefined;
}
