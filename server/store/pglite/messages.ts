/** What goes between the server and the thread that holds PGlite. */
export interface Question {
  id: number;
  sql: string;
  parameters: readonly unknown[];
}

export type Answer = (
  | { id: number; rows: unknown[]; affected: number }
  | { id: number; error: { message: string; code?: string } }
) & {
  /** Processor time of the thread since it began. */
  cpuSeconds: number;
};

/** The thread's first word: the database is open, or why it is not. */
export type Opened = { opened: true } | { opened: false; message: string };

/** Settings of the embedded PostgreSQL, which runs alone in its thread. */
export const START_PARAMS = [
  '--single',
  '-O',
  '-j',
  ...Object.entries({
    search_path: 'public',
    exit_on_error: 'false',
    log_checkpoints: 'false',
    max_worker_processes: '0',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
    io_method: 'sync',
    shared_buffers: '16MB',
    // Old segments of the log are removed, not kept for use again: what was erased must not stay in them.
    wal_recycle: 'off',
    timezone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];
