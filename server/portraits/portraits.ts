/** Everything the API does with portraits: the worker, the store, and how the shipped avatars look. */
import path from 'node:path';
import type { Logger } from 'pino';
import type { OwnVoice } from '../../protocol/own-voice.ts';
import { PortraitError, type PortraitTimes, type PortraitVoice, type PortraitWords } from '../../protocol/portraits.ts';
import type { Settings } from '../../settings/settings.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import { Showcase } from './showcase.ts';
import { type PortraitMeta, PortraitStore } from './store.ts';
import { PortraitWorker, type PortraitWorkerOptions } from './worker.ts';

const SWEEP_EVERY_MS = 3600_000;

/** How a portrait may sound. */
export interface PortraitVoices {
  voice?: PortraitVoice;
  own?: OwnVoice;
}

export class Portraits {
  readonly enabled: boolean;
  readonly store: PortraitStore;
  readonly showcase: Showcase;
  readonly worker: PortraitWorker;
  readonly #log: Logger;
  #sweeping: NodeJS.Timeout | undefined;

  /**
   * @param start starts the worker's process; by default the one that studio/portrait/main.ts is
   * @param lost told when that process failed
   */
  constructor(
    { dataDir, portraits }: Pick<Settings, 'dataDir' | 'portraits'>,
    log: Logger,
    { start, lost }: Pick<PortraitWorkerOptions, 'start' | 'lost'> = {},
  ) {
    this.enabled = portraits.enabled;
    this.#log = log;
    this.worker = new PortraitWorker({ log, dataDir, start, lost });
    const [folder, shown] = [portraitsFolder(dataDir), path.join(dataDir, 'showcase')];
    this.store = new PortraitStore(new FolderBlobs(folder), folder, portraits);
    this.showcase = new Showcase(new FolderBlobs(shown), shown, this.worker);
  }

  /** Removes what is too old, now and then. */
  keepTidy(): void {
    this.#sweep();
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  /** Makes and keeps a portrait of a picture file. Throws PortraitError, and then nothing is kept. `makers`: whose places it takes. */
  async make(
    picture: Uint8Array,
    name: string,
    makers: readonly string[] = [],
  ): Promise<{ meta: PortraitMeta; ownerSecret: string }> {
    let times: PortraitTimes = {};
    const draw = async (folder: string) => {
      ({ times } = await this.worker.run({ type: 'make', picture, folder, name }));
    };
    const made = await this.store.create(name, draw, makers);
    this.#log.info({ times }, 'a portrait was made');
    return made;
  }

  /** The same from words. */
  async imagine(
    words: PortraitWords,
    name: string,
    makers: readonly string[] = [],
  ): Promise<{ meta: PortraitMeta; ownerSecret: string }> {
    const { picture } = await this.worker.run({ type: 'imagine', words });
    if (picture === undefined) throw new Error('the worker imagined nothing');
    try {
      return await this.make(picture, name, makers);
    } catch (error) {
      if (!(error instanceof PortraitError) || !OF_THE_PICTURE.has(error.code)) throw error;
      throw new PortraitError(
        error.code,
        'What was drawn from these words is not one clear face that looks ahead. Describe it differently, or try another number for the variation.',
      );
    }
  }

  /** The voices that a portrait was given; none where they cannot be read. Their own is for its owner alone. */
  readonly voiceOf = async (id: string): Promise<PortraitVoices> => {
    const { voice, own } = (await this.store.find(id).catch(() => undefined)) ?? {};
    return { ...(voice && { voice }), ...(own && { own: { vendor: own.vendor, voice: own.voice } }) };
  };

  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.worker.close();
  }

  #sweep(): void {
    this.store.sweep().catch(error => this.#log.error({ reason: String(error) }, 'portraits could not be swept'));
  }
}

/** Faults that lie in what was drawn. */
const OF_THE_PICTURE: ReadonlySet<string> = new Set([
  'no-face',
  'several-faces',
  'face-too-small',
  'face-turned-away',
  'face-cut-off',
  'broken-image',
]);

/** Where portraits lie; agent hosts on this machine are told. */
export const portraitsFolder = (dataDir: string): string => path.resolve(dataDir, 'portraits');
