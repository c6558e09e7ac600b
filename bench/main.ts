/** `npm run bench -- <name> [--json]`. With `--json` the last line of output is one JSON object with the result's keys. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const BENCHES: Record<string, () => Promise<{ bench: () => Promise<object> }>> = {
  call: () => import('./call.ts'),
  face: () => import('./face.ts'),
  fuzz: () => import('./fuzz.ts'),
  lipsync: () => import('./lipsync.ts'),
  mind: () => import('./mind.ts'),
};

const [name = '', ...flags] = process.argv.slice(2);
// What is measured is worked out, not remembered; the bench of the caches says otherwise.
if (flags.includes('--no-cache')) process.env.VISAVIS_NO_CACHE = '1';
const load = BENCHES[name];
if (load === undefined) {
  console.error(`Which bench? npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--json]`);
  process.exit(2);
}
const { bench } = await load();
const result = await bench();
const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
const machine = {
  cpu: os.cpus()[0]?.model ?? '',
  cores: os.availableParallelism(),
  memoryGb: Math.round(os.totalmem() / 2 ** 30),
  platform: os.platform(),
  node: process.version,
};
fs.mkdirSync('bench/results', { recursive: true });
const file = path.join('bench/results', `${name}.json`);
fs.writeFileSync(
  file,
  `${JSON.stringify({ bench: name, date: new Date().toISOString(), version, machine, result }, null, 2)}\n`,
);
console.log(`\nwritten to ${file}`);
if (flags.includes('--json')) console.log(JSON.stringify(result));
process.exit(0);
