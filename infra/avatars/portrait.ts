/** A rig from a photograph, without a server. */
import { mkdir, readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { frame } from '../../studio/portrait/frame.ts';
import { rigPortrait } from '../../studio/portrait/rig-portrait.ts';

export async function portrait(file: string, folder: string): Promise<number> {
  const found = await frame(await readFile(file));
  await mkdir(folder, { recursive: true });
  await rigPortrait({ ...found, folder, name: basename(file, extname(file)) });
  console.log(`${folder}: ready`);
  return 0;
}
