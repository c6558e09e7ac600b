import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './step.mjs';

const CACHE = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'visavis-promtool');

const works = file => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;

/** A promtool that is there already: `PROMTOOL`, one on the path, or the one that the set-up keeps. */
export function findPromtool() {
  const { PROMTOOL } = process.env;
  if (PROMTOOL) return works(PROMTOOL) ? PROMTOOL : undefined;
  return ['promtool', path.join(CACHE, 'usr/bin/promtool')].find(works);
}

/** Takes promtool out of Debian's package; Prometheus itself is not installed, and nothing asks to be root. */
export async function ensurePromtool() {
  if (findPromtool() !== undefined) return undefined;
  if (process.env.VISAVIS_NO_INSTALL === undefined && fs.existsSync('/usr/bin/apt-get')) {
    fs.mkdirSync(CACHE, { recursive: true });
    const script =
      'apt-get download -q prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool; rm -f prometheus_*.deb';
    await run('sh', ['-c', script], { cwd: CACHE, stdio: 'ignore' });
    if (findPromtool() !== undefined) return 'downloaded';
  }
  console.log(
    'set-up: there is no promtool: the tests of alert rules will be skipped. Install Prometheus, or set PROMTOOL to its path.',
  );
  return undefined;
}
