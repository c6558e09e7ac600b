/** Holds the embedded database, so that its work never stands in the way of signalling. One question at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NICE, placeThread } from '../../../telemetry/priority.ts';
import { type Answer, type Opened, type Question, START_PARAMS } from './messages.ts';

placeThread(NICE.later);

const port = parentPort!;
const { folder, only } = workerData as { folder: string; only?: 'make' };

const failure = (error: unknown) => {
  const { message, code } = error as { message?: string; code?: unknown };
  return { message: message ?? String(error), ...(typeof code === 'string' && { code }) };
};

const cpuSeconds = (): number => {
  // Before Node 24 nobody tells.
  const { user, system } = process.threadCpuUsage?.() ?? { user: 0, system: 0 };
  return (user + system) / 1e6;
};

async function answer(database: PGlite, { id, sql, parameters }: Question): Promise<Answer> {
  try {
    const { rows, affectedRows } = await database.query(sql, [...parameters]);
    return { id, rows, affected: affectedRows ?? 0, cpuSeconds: cpuSeconds() };
  } catch (error) {
    return { id, error: failure(error), cpuSeconds: cpuSeconds() };
  }
}

async function serve(): Promise<void> {
  const database = await PGlite.create(folder, { startParams: START_PARAMS });
  if (only === 'make') {
    await database.close();
    return;
  }
  let last: Promise<unknown> = Promise.resolve();
  port.on('message', (question: Question | 'close') => {
    last = last.then(async () => {
      if (question !== 'close') return port.postMessage(await answer(database, question));
      await database.close();
      port.close();
    });
  });
}

await serve().then(
  () => port.postMessage({ opened: true } satisfies Opened),
  error => port.postMessage({ opened: false, message: failure(error).message } satisfies Opened),
);
