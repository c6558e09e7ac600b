import type { Database } from '../store/database.ts';
import { type KeptVoice, keptVoices } from '../store/voices.ts';
import type { Journal } from './journal.ts';

export interface VoiceLedgerOptions {
  journal: Pick<Journal, 'id' | 'append' | 'flush' | 'fault'>;
  database: Pick<Database, 'db'>;
  /** Resolves when everything put down so far can be read. Throws `unavailable`. */
  settled(): Promise<void>;
}

/** Which voices of people's own are at vendors: what is put down here is removed there, however long that takes. */
export class VoiceLedger {
  readonly #options: VoiceLedgerOptions;

  constructor(options: VoiceLedgerOptions) {
    this.#options = options;
  }

  /** One is about to be made. False where that could not be put down: then it must not be. */
  async begin(voice: Omit<KeptVoice, 'createdAtMs' | 'voice'>): Promise<boolean> {
    const { journal } = this.#options;
    if (!journal.append({ type: 'voice', atMs: Date.now(), ...voice })) return false;
    await journal.flush();
    return journal.fault === undefined;
  }

  /** The vendor has told its name for it. */
  made(voice: Omit<KeptVoice, 'createdAtMs'>): void {
    this.#options.journal.append({ type: 'voice', atMs: Date.now(), ...voice });
  }

  /** It is gone there. */
  gone(name: string): void {
    this.#options.journal.append({ type: 'voice-gone', name, atMs: Date.now() });
  }

  /** All that are there, or may be, the oldest first. Throws `unavailable`. */
  async all(): Promise<KeptVoice[]> {
    await this.#options.settled();
    return keptVoices(this.#options.database.db, this.#options.journal.id);
  }
}
