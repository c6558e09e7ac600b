/** A short form of every bench, one after the other, each in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A bench that hangs does not keep the others from running. */
const EACH_MOST_MS = 240_000;

/** Resolves to the results by bench; one that fails is told as `{ error }`. */
export async function runAll(benches: readonly string[]): Promise<Record<string, object>> {
  const results: Record<string, object> = {};
  for (const name of benches) {
    const beganMs = performance.now();
    console.log(`\n=== ${name}`);
    results[name] = await runShort(name);
    console.log(`=== ${name} took ${Math.round((performance.now() - beganMs) / 1000)} s`);
  }
  return results;
}

async function runShort(name: string): Promise<object> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), name, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, VISAVIS_BENCH_SHORT: '1' },
  });
  // It ends what it has started.
  const timer = setTimeout(() => child.kill('SIGTERM'), EACH_MOST_MS);
  let output = '';
  child.stdout.on('data', chunk => {
    process.stdout.write(chunk);
    output += chunk;
  });
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  if (code !== 0) return { error: `ended with ${code}` };
  return JSON.parse(output.trimEnd().split('\n').at(-1)!) as object;
}
