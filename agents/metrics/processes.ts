import { Counter, Gauge, type Registry } from 'prom-client';
import { type Child, childMetrics } from '../../telemetry/children.ts';

/** What works for a host beside its main thread: a thread or process of ours, or of a vendor's. */
export type AgentWorker = 'recognizer' | 'face' | 'eyes' | 'voice-sensor' | 'synthesizer' | 'aligner' | (string & {});

/** Processes and threads of a host: restarts, queues, what they use. */
export function processMetrics(registers: Registry[]) {
  const restarts = new Counter({
    name: 'visavis_agent_worker_restarts_total',
    help: 'Threads and processes of hosts that failed and were replaced',
    labelNames: ['worker'],
    registers,
  });
  const recognizerRestarts = new Counter({
    name: 'visavis_recognizer_restarts_total',
    help: 'Times the recognizer process was started again',
    registers,
  });
  const recognizerLoad = new Gauge({
    name: 'visavis_recognizer_load_seconds',
    help: 'How long the models took to load',
    registers,
    aggregator: 'max',
  });
  const queues = new Map<string, () => number>();
  new Gauge({
    name: 'visavis_agent_queue_depth',
    help: 'What waits for a worker of a host, or is being done',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const [queue, depth] of queues) this.set({ queue }, depth());
    },
  });
  const children = childMetrics(registers, 'visavis_agent');
  return {
    workerRestarted: (worker: AgentWorker) => restarts.inc({ worker }),
    recognizerRestarted(): void {
      recognizerRestarts.inc();
      restarts.inc({ worker: 'recognizer' satisfies AgentWorker });
    },
    recognizerLoaded: (loadMs: number) => recognizerLoad.set(loadMs / 1000),
    queue: (name: AgentWorker, depth: () => number) => void queues.set(name, depth),
    child: (child: Child) => children.follow(child),
  };
}
