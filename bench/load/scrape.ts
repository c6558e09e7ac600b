import { pause } from './product.ts';

/** Reads figures off a live `/metrics`. */

export type Scrape = ReadonlyMap<string, number>;

/** Sample (name with labels) -> value. */
export async function scrape(url: string): Promise<Scrape> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );
}

/** Sum of a metric's samples whose labels contain `label`. */
export function total(samples: Scrape, name: string, label = ''): number {
  let sum = 0;
  for (const [sample, value] of samples)
    if ((sample === name || sample.startsWith(`${name}{`)) && sample.includes(label)) sum += value;
  return sum;
}

/** Resolves when so many agent hosts are ready: the product starts the second when it has been up for twenty seconds. */
export async function hostsReady(url: string, count: number, timeoutMs = 30_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (total(await scrape(url), 'visavis_agent_hosts', 'ready="true"') < count) {
    if (performance.now() > endMs) throw new Error(`there are not ${count} agent hosts`);
    await pause(200);
  }
}
