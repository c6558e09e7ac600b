import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { KeptListener } from '../hosts/recall.ts';

/** Where the hosts that this server starts put recordings. */
export const recordingsFolder = (dataDir: string): string => path.join(dataDir, 'recordings');

/** Removes what was recorded of a conversation: here, and at every host that is connected. */
export async function eraseRecording(
  dataDir: string,
  conversation: string,
  hosts?: Pick<KeptListener, 'eraseRecording'>,
): Promise<void> {
  hosts?.eraseRecording(conversation);
  const folder = path.join(recordingsFolder(dataDir), z.uuid().parse(conversation));
  // Once more if a host that is being told makes a file meanwhile.
  await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
