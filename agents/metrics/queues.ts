import { Gauge, Histogram, type Registry } from 'prom-client';

/** Queues before language models that answer so many at once and no more. */
export function queueMetrics(registers: Registry[]) {
  const queues = new Map<string, readonly [ranks: readonly string[], waiting: (rank: never) => number]>();
  new Gauge({
    name: 'visavis_dialogue_queue_waiting',
    help: 'Questions that wait for a language model, by who goes first',
    labelNames: ['provider', 'rank'],
    registers,
    collect() {
      for (const [provider, [ranks, waiting]] of queues)
        for (const rank of ranks) this.set({ provider, rank }, waiting(rank as never));
    },
  });
  const seconds = new Histogram({
    name: 'visavis_dialogue_queue_seconds',
    help: 'How long questions waited for a language model',
    labelNames: ['provider', 'rank'],
    buckets: [0.005, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10, 60],
    registers,
  });
  return {
    /** @returns what is told how long each waited */
    dialogueQueue<R extends string>(provider: string, ranks: readonly R[], waiting: (rank: R) => number) {
      queues.set(provider, [ranks, waiting]);
      return (rank: R, ms: number) => seconds.observe({ provider, rank }, ms / 1000);
    },
  };
}
