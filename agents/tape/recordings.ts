import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isRecorded } from '../../protocol/recordings.ts';
import type { AgentSettings } from '../../settings/agent.ts';
import type { RecordingCause, RecordingMetrics } from '../metrics/recordings.ts';
import type { Persona } from '../think/ports.ts';
import { FILES, type Manifest, RECORDING_VERSION } from './format.ts';
import { Recording } from './recording.ts';

const SWEEP_EVERY_MS = 3600_000;
const DAY_MS = 86_400_000;
/** With less than this left, nothing is begun. */
const LEAST_BYTES = 256 * 2 ** 10;
const Id = z.uuid();

export interface RecordingsOptions {
  config: AgentSettings;
  /** Who answers and speaks here, in a word. */
  setup: Manifest['setup'];
  /** Something went wrong; calls go on. */
  report(problem: string, details: object): void;
  metrics: RecordingMetrics;
  nowUnixMs?: () => number;
}

/** What a recording is of. */
export interface Subject {
  conversation: string;
  persona: Persona;
  /** Identity of the avatar. */
  avatar: string;
  /** Now, on the session's clock. */
  nowMs: number;
}

/** The recordings of a host: `<folder>/<conversation>/<start>/`. What is too old is removed, all together are bounded. */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #open = new Map<Recording, { conversation: string; erased(): void }>();
  /** Those whose last bytes are on their way. */
  readonly #ending = new Set<Recording>();
  readonly #timer: NodeJS.Timeout;
  #usedBytes = 0;
  #swept: Promise<void>;

  constructor(options: RecordingsOptions) {
    this.#options = options;
    this.#swept = this.sweep();
    this.#timer = setInterval(() => {
      this.#swept = this.sweep();
    }, SWEEP_EVERY_MS);
    this.#timer.unref();
  }

  /** People may be recorded here, if they wish. */
  get enabled(): boolean {
    return this.#options.config.recordings.enabled;
  }

  /**
   * Begins a recording; undefined where none may be made.
   * @param over told when it ends by itself, or is erased
   */
  begin({ conversation, persona, avatar, nowMs }: Subject, over: () => void): Recording | undefined {
    const { config, setup, report, nowUnixMs = Date.now } = this.#options;
    if (!this.enabled || !Id.safeParse(conversation).success) return undefined;
    if (this.#leftBytes < LEAST_BYTES) {
      report('nothing can be recorded', { reason: 'full', conversation });
      return undefined;
    }
    const startedUnixMs = nowUnixMs();
    const { language, id } = persona;
    const { dialogue, speech } = config;
    const recording = new Recording(
      path.join(this.#folderOf(conversation), String(startedUnixMs)),
      {
        version: RECORDING_VERSION,
        conversation,
        persona: id,
        ...(language !== undefined && { language }),
        setup,
        configDigest: createHash('sha256').update(JSON.stringify({ dialogue, speech, persona })).digest('hex'),
        avatar,
        startedUnixMs,
      },
      {
        startMs: nowMs,
        budget: bytes => this.#spend(bytes),
        ended: (reason, error) => {
          report('a recording ended before its conversation', { reason, conversation, error: error?.message });
          void this.end(recording, reason);
          over();
        },
      },
    );
    this.#open.set(recording, { conversation, erased: over });
    this.#options.metrics.began();
    return recording;
  }

  /** Resolves when all of it is on the disk. */
  async end(recording: Recording, cause: RecordingCause = 'finished'): Promise<void> {
    if (this.#open.delete(recording)) this.#options.metrics.ended(cause);
    this.#ending.add(recording);
    await recording.close();
    this.#ending.delete(recording);
  }

  /** Ends and removes what was recorded of a conversation, or only that in which one of these people is. */
  async erase(conversation: string, only?: readonly string[]): Promise<void> {
    for (const [recording, open] of [...this.#open]) {
      if (open.conversation !== conversation || only?.some(each => recording.has(each)) === false) continue;
      open.erased();
      await this.end(recording, 'erased');
    }
    const folder = this.#folderOf(conversation);
    const recorded = only === undefined ? [folder] : (await list(folder)).map(started => path.join(folder, started));
    for (const each of recorded)
      if (only === undefined || (await isOf(each, only))) await fs.promises.rm(each, { recursive: true, force: true });
    await this.sweep();
  }

  /** Removes what is too old, and sees how much there is. */
  async sweep(): Promise<void> {
    const { config, report, nowUnixMs = Date.now } = this.#options;
    const { retentionDays } = config.recordings;
    const oldestMs = retentionDays === 0 ? 0 : nowUnixMs() - retentionDays * DAY_MS;
    try {
      let bytes = 0;
      for (const conversation of await list(config.recordings.folder)) {
        if (!Id.safeParse(conversation).success) continue;
        const folder = this.#folderOf(conversation);
        for (const started of await list(folder)) {
          const each = path.join(folder, started);
          if (Number(started) >= oldestMs) bytes += await sizeOf(each);
          else {
            await fs.promises.rm(each, { recursive: true, force: true });
            // Unless there is more in it, or another host has just done so.
            await fs.promises.rmdir(folder).catch(() => {});
          }
        }
      }
      this.#usedBytes = bytes;
    } catch (error) {
      report('recordings could not be swept', { error: String(error) });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#open.keys(), ...this.#ending].map(recording => this.end(recording)));
    await this.#swept;
  }

  get #leftBytes(): number {
    return this.#options.config.recordings.maxMegabytes * 2 ** 20 - this.#usedBytes;
  }

  #spend(bytes: number): boolean {
    if (bytes > this.#leftBytes) return false;
    this.#usedBytes += bytes;
    this.#options.metrics.wrote(bytes);
    return true;
  }

  #folderOf(conversation: string): string {
    return path.join(this.#options.config.recordings.folder, Id.parse(conversation));
  }
}

/** Whether one of these people is in a recording. */
async function isOf(folder: string, identities: readonly string[]): Promise<boolean> {
  const events = await fs.promises.readFile(path.join(folder, FILES.events), 'utf8').catch(() => '');
  return isRecorded(identities, { files: await list(folder), events });
}

const list = (folder: string): Promise<string[]> => fs.promises.readdir(folder).catch(() => []);

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await list(folder)).map(name =>
      fs.promises.stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
