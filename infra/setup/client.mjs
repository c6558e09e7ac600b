import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { NODE, ROOT } from './packages.mjs';
import { run, SetupError } from './step.mjs';

const STAMP = path.join(ROOT, 'client/dist/.sources');

/** Builds the page when its sources have changed. */
export async function ensureClient() {
  const hash = createHash('sha256');
  for (const folder of ['client', 'protocol'])
    for (const name of fs.readdirSync(path.join(ROOT, folder), { recursive: true }).map(String).sort()) {
      const file = path.join(ROOT, folder, name);
      if (name.startsWith('dist') || name.includes('.test.') || !fs.statSync(file).isFile()) continue;
      hash.update(name).update(fs.readFileSync(file));
    }
  hash.update(fs.readFileSync(path.join(ROOT, 'package-lock.json')));
  const wanted = hash.digest('hex');
  if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === wanted) return undefined;
  const node = fs.existsSync(NODE) ? NODE : process.execPath;
  const status = await run(
    node,
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'client/vite.config.ts', '--logLevel', 'warn'],
    { quiet: true, cwd: ROOT },
  );
  if (status !== 0) throw new SetupError('the page could not be built, see above.');
  fs.writeFileSync(STAMP, wanted);
  return 'built';
}
