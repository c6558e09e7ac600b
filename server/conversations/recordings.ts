import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isRecorded } from '../../protocol/recordings.ts';
import type { KeptListener } from '../rooms/kept.ts';

/** Where the hosts that this server starts put recordings. */
export const recordingsFolder = (dataDir: string): string => path.join(dataDir, 'recordings');

/**
 * Removes what was recorded of a conversation: here, and at every host that is connected. Each recording goes whole,
 * whoever else is in it, for sound cannot be taken apart as rows can.
 * @param only those in which one of these people is; without, all
 */
export async function eraseRecording(
  dataDir: string,
  conversation: string,
  hosts?: Pick<KeptListener, 'eraseRecording'>,
  only?: readonly string[],
): Promise<void> {
  hosts?.eraseRecording(conversation, only);
  const folder = path.join(recordingsFolder(dataDir), z.uuid().parse(conversation));
  // Once more if a host that is being told makes a file meanwhile.
  const remove = (each: string) => fs.promises.rm(each, { recursive: true, force: true, maxRetries: 3 });
  if (only === undefined) return remove(folder);
  for (const started of await fs.promises.readdir(folder).catch(() => [])) {
    const recording = path.join(folder, started);
    const events = await fs.promises.readFile(path.join(recording, 'events.jsonl'), 'utf8').catch(() => '');
    const files = await fs.promises.readdir(recording).catch(() => []);
    if (isRecorded(only, { files, events })) await remove(recording);
  }
}
