import os from 'node:os';
import { defineConfig } from 'vitest/config';

const IGNORED = ['**/node_modules/**', '**/dist/**'];

/** `unit`: beside the code, in parallel. `whole`: real processes and browsers, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{protocol,telemetry,settings,livekit,server,agents,studio,devices,client,infra,bench,rehearse,examples}/**/*.test.{ts,tsx}',
          ],
          exclude: IGNORED,
          pool: 'forks',
          // Two files at a time on the smallest machine: half of what waits, waits for a process or a thread.
          maxWorkers: Math.max(2, os.availableParallelism() - 1),
          // What hangs; how long something may take is never measured.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 30_000, interval: 20 } },
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: IGNORED,
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 240_000,
          // Real time, real sound, a machine that others use: once is no proof that something is broken. It is marked.
          retry: 1,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
