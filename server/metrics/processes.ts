import { Counter, Gauge, type Registry } from 'prom-client';
import { type Child, childMetrics } from '../../telemetry/children.ts';

/** What works for the server beside its main thread. */
export type ServerWorker = 'media-worker' | 'portrait-worker' | 'database' | 'agent-host';

/** Processes and threads: hosts, restarts, what they use. */
export function processMetrics(registers: Registry[]) {
  const restarts = new Counter({
    name: 'visavis_server_worker_restarts_total',
    help: 'Threads and processes of the server that failed and were replaced',
    labelNames: ['worker'],
    registers,
  });
  const hostRestarts = new Counter({
    name: 'visavis_agent_host_restarts_total',
    help: 'Agent hosts that ended and were started again',
    registers,
  });
  let slowestS = 0;
  new Gauge({
    name: 'visavis_agent_host_pulse_seconds',
    help: 'The longest that an agent host took to answer whether it still runs, since this was last read',
    registers,
    collect() {
      this.set(slowestS);
      slowestS = 0;
    },
  });
  const threads = new Counter({
    name: 'visavis_server_thread_cpu_seconds_total',
    help: 'Processor time of threads beside the main one',
    labelNames: ['thread'],
    registers,
  });
  const queues = new Map<ServerWorker, () => number>();
  new Gauge({
    name: 'visavis_server_queue_depth',
    help: 'What waits for a worker of the server, or is being done',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const [queue, depth] of queues) this.set({ queue }, depth());
    },
  });
  const children = childMetrics(registers, 'visavis_server');
  return {
    hosts: new Gauge({
      name: 'visavis_agent_hosts',
      help: 'Connected agent hosts',
      labelNames: ['ready'],
      registers,
    }),
    httpRequests: new Counter({
      name: 'visavis_http_requests_total',
      help: 'HTTP requests, by status class',
      labelNames: ['status'],
      registers,
    }),
    workerRestarted: (worker: ServerWorker) => restarts.inc({ worker }),
    threadUsed: (thread: ServerWorker, cpuSeconds: number) => threads.inc({ thread }, cpuSeconds),
    queue: (name: ServerWorker, depth: () => number) => void queues.set(name, depth),
    hostAnswered(ms: number): void {
      slowestS = Math.max(slowestS, ms / 1000);
    },
    hostRestarted(): void {
      hostRestarts.inc();
      restarts.inc({ worker: 'agent-host' satisfies ServerWorker });
    },
    child: (child: Child) => children.follow(child),
  };
}
