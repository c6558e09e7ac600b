import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How what is said gets into the database. */
export function storeMetrics(registers: Registry[]) {
  return {
    queued: new Gauge({
      name: 'visavis_store_queue_records',
      help: 'Records in the journal that are not in the database yet',
      registers,
    }),
    queuedBytes: new Gauge({
      name: 'visavis_store_queue_bytes',
      help: 'Bytes in the journal that are not in the database yet',
      registers,
    }),
    diskFault: new Gauge({
      name: 'visavis_store_journal_in_memory_only',
      help: '1 while the disk takes nothing and what is said waits in memory',
      registers,
    }),
    dropped: new Counter({
      name: 'visavis_store_dropped_total',
      help: 'Records lost: the journal was full, or the database can never take them',
      registers,
    }),
    written: new Counter({
      name: 'visavis_store_written_total',
      help: 'Records written into the database',
      registers,
    }),
    errors: new Counter({
      name: 'visavis_store_errors_total',
      help: 'Attempts to write that failed',
      registers,
    }),
    writeSeconds: new Histogram({
      name: 'visavis_store_write_seconds',
      help: 'Time to write one batch',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
  };
}
