import type { Reading } from '../feel/ports.ts';

/** Reads what faces show from pictures: a model that is asked for each, beside the eyes that read them by themselves. */
export interface FaceSense {
  /**
   * @param jpeg of one person's camera, a few hundred pixels wide; lent
   * @returns null where no face is seen. Rejects with ProviderError, or the signal's reason
   */
  read(jpeg: Uint8Array, options: { signal: AbortSignal }): Promise<Reading | null>;
}

export interface FaceCapabilities {
  /** Pictures leave this machine: whoever is seen must have allowed that, too. */
  leaves: boolean;
  /** How often one person's face is read at most, ms. */
  everyMs: number;
  /** And all people's together. */
  perMinute: number;
}
