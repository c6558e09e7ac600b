/** Which avatars there are, and where their rigs lie. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { HostHello } from '../protocol/agents.ts';
import { AvatarId, PortraitId } from '../protocol/portraits.ts';

const VERSION_LENGTH = 16;

export class Avatars {
  readonly #shipped: string;
  readonly #portraits: string;

  /** Folders of the shipped rigs, and of the portraits that people had made. */
  constructor({ avatars, portraits }: { avatars: string; portraits: string }) {
    this.#shipped = path.resolve(avatars);
    this.#portraits = path.resolve(portraits);
  }

  /** The shipped ones. A folder without a readable rig is none. */
  list(): HostHello['avatars'] {
    return fs.readdirSync(this.#shipped).flatMap(id => {
      if (!AvatarId.safeParse(id).success) return [];
      try {
        const text = fs.readFileSync(path.join(this.#shipped, id, 'rig.json'), 'utf8');
        const { name } = JSON.parse(text) as { name?: unknown };
        const version = createHash('sha256').update(text).digest('hex').slice(0, VERSION_LENGTH);
        return [{ id, name: typeof name === 'string' ? name : id, version }];
      } catch {
        return [];
      }
    });
  }

  /** The rig of a shipped avatar or of a portrait; undefined where there is none, or the name is not one. */
  folder(name: string | undefined): string | undefined {
    const folder = PortraitId.safeParse(name).success
      ? path.join(this.#portraits, name!, 'rig')
      : AvatarId.safeParse(name).success
        ? path.join(this.#shipped, name!)
        : undefined;
    return folder !== undefined && fs.existsSync(path.join(folder, 'rig.json')) ? folder : undefined;
  }
}
