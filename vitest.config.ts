import { defineConfig } from 'vitest/config';

const IGNORED = ['**/node_modules/**', '**/dist/**'];

/** `unit`: beside the code, in parallel. `whole`: real processes and browsers, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{protocol,telemetry,server,agents,client,infra,bench,examples}/**/*.test.{ts,tsx}'],
          exclude: IGNORED,
          pool: 'forks',
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: IGNORED,
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          // Real time, real sound, a machine that others use: once is no proof that something is broken. What needed it is marked.
          retry: 1,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
