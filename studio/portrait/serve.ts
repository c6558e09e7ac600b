/** The portrait worker's side of its messages. */
import path from 'node:path';
import { z } from 'zod';
import { type FromPortraitWorker, PortraitError, ToPortraitWorker } from '../../protocol/portraits.ts';
import type { Imaginer } from './imagine.ts';
import type { Studio } from './studio.ts';

type Done = Omit<Extract<FromPortraitWorker, { type: 'done' }>, 'type' | 'id' | 'words'>;

export interface PortraitService {
  studio: Studio;
  imaginer: Imaginer;
  /** Folder of the shipped rigs. */
  avatars: string;
}

/** No job has this one. */
const UNKNOWN = 0;
const Numbered = z.object({ id: z.number().int() });

/** Does one job; what goes wrong is told in the answer. */
export async function answer(message: unknown, service: PortraitService): Promise<FromPortraitWorker> {
  let id = UNKNOWN;
  try {
    ({ id } = Numbered.parse(message));
    const job = ToPortraitWorker.parse(message);
    return { type: 'done', id, words: service.imaginer.available, ...(await work(job, service)) };
  } catch (error) {
    const known = error instanceof PortraitError;
    const {
      code,
      message: text,
      retryable,
    } = known
      ? error
      : { code: 'worker-failed' as const, message: String((error as Error).stack ?? error), retryable: true };
    return { type: 'failed', id, error: { code, message: text, retryable }, fault: !known };
  }
}

async function work(job: ToPortraitWorker, { studio, imaginer, avatars }: PortraitService): Promise<Done> {
  switch (job.type) {
    case 'warm':
      await studio.warm();
      return { times: {} };
    case 'make':
      return { times: await studio.make(job.picture, job.folder, job.name) };
    case 'present':
      return { times: await studio.present(path.resolve(avatars, job.avatar), job.folder) };
    case 'imagine': {
      const beganMs = performance.now();
      const picture = await imaginer.imagine(job.words);
      return { picture, times: { imagine: Math.round(performance.now() - beganMs) } };
    }
  }
}
