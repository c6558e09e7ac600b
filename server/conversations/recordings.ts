import path from 'node:path';
import { z } from 'zod';
import { isRecorded } from '../../protocol/recordings.ts';
import { type Blobs, textOf } from '../blobs/port.ts';
import type { KeptListener } from '../rooms/kept.ts';

/** Where the hosts that this server starts put recordings. */
export const recordingsFolder = (dataDir: string): string => path.join(dataDir, 'recordings');

/**
 * Removes what was recorded of a conversation: here, and at every host that is connected. Each recording goes whole,
 * whoever else is in it, for sound cannot be taken apart as rows can.
 * @param tapes recordings of this machine: by conversation, when they began, and file
 * @param only those in which one of these people is; without, all
 */
export async function eraseRecording(
  tapes: Blobs,
  conversation: string,
  hosts?: Pick<KeptListener, 'eraseRecording'>,
  only?: readonly string[],
): Promise<void> {
  hosts?.eraseRecording(conversation, only);
  const prefix = z.uuid().parse(conversation);
  if (only === undefined) return tapes.erase(prefix);
  for (const started of await tapes.list(prefix)) {
    const recording = `${prefix}/${started}`;
    const events = await textOf(await tapes.get(`${recording}/events.jsonl`)).catch(() => undefined);
    if (isRecorded(only, { files: await tapes.list(recording), events: events ?? '' })) await tapes.erase(recording);
  }
}
