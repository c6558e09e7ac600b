import fs from 'node:fs';
import { run } from './step.mjs';

/** True where Debian packages can be installed without asking anyone. */
export const mayInstall = () =>
  process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get') && process.env.VISAVIS_NO_INSTALL === undefined;

/** Installs Debian packages; true when that worked. */
export async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  console.log(`set-up: installing ${packages.join(' ')}`);
  if ((await run('apt-get', ['update', '-q'], { quiet: true, env })) !== 0) return false;
  const status = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    quiet: true,
    env,
  });
  process.stdout.write('\n');
  return status === 0;
}
