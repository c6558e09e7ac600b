/**
 * `npm run bench -- <name> [--json] [--no-cache]`. With `--json` the last line of output is one JSON object with the
 * result's keys. `all` runs a short form of each.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runAll } from './all.ts';
import { SHORT } from './load/product.ts';

const BENCHES: Record<string, () => Promise<{ bench: () => Promise<object> }>> = {
  call: () => import('./call.ts'),
  face: () => import('./face.ts'),
  fuzz: () => import('./fuzz.ts'),
  livekit: () => import('./livekit.ts'),
  lipsync: () => import('./lipsync.ts'),
  mind: () => import('./mind.ts'),
  page: () => import('./page.ts'),
  density: () => import('./density.ts'),
  rooms: () => import('./rooms.ts'),
  soak: () => import('./soak.ts'),
  loss: () => import('./loss.ts'),
  chaos: () => import('./chaos.ts'),
  siege: () => import('./siege.ts'),
  talk: () => import('./talk.ts'),
  turns: () => import('./turns.ts'),
  vendors: () => import('./vendors.ts'),
  doors: () => import('./doors.ts'),
  voice: () => import('./voice.ts'),
};
const RESULTS = 'bench/results';

const [name = '', ...flags] = process.argv.slice(2);
// What is measured is worked out, not remembered; the bench of the caches says otherwise.
if (flags.includes('--no-cache')) process.env.VISAVIS_NO_CACHE = '1';
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const load = name === 'all' ? async () => ({ bench: () => runAll(Object.keys(BENCHES)) }) : BENCHES[name];
if (load === undefined) {
  console.error(`Which bench? npm run bench -- ${[...Object.keys(BENCHES), 'all'].join(' | ')} [--json]`);
  process.exit(2);
}
const { bench } = await load();
const result = await bench();
// A short run says less: it does not take a long one's place.
if (!SHORT) keep(result);
if (flags.includes('--json')) console.log(JSON.stringify(result));
process.exit(0);

function keep(result: object): void {
  const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
  const machine = {
    cpu: os.cpus()[0]?.model ?? '',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    platform: os.platform(),
    node: process.version,
  };
  fs.mkdirSync(RESULTS, { recursive: true });
  const file = path.join(RESULTS, `${name}.json`);
  const kept = { bench: name, date: new Date().toISOString(), version, machine, result };
  fs.writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`\nwritten to ${file}; node bench/table.ts brings it into the tables`);
}
