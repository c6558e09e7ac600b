/** The cloning port: somebody's own voice, made at a vendor who then speaks with it. */
export interface VoiceCloning {
  /**
   * Makes a voice of a recording; it can be spoken with at once. Rejects with ProviderError (`bad-input`: this recording
   * will not do; `quota`: the vendor keeps no more voices, or is not paid for it), or with the signal's reason. The voice
   * may be there all the same: `forget` takes its name.
   * @param recording a WAV file, 16-bit mono, and what the voice is called there: a name that no other has
   * @returns the voice, as it is named when something is to be said
   */
  make(recording: { name: string; wav: Uint8Array }, options: { signal: AbortSignal }): Promise<string>;
  /**
   * Removes a voice: by what `make` gave, or where that is not known, whatever has this name. One that is gone is gone.
   * Rejects with ProviderError where it may still be there.
   */
  forget(which: { name: string; voice?: string }, options: { signal: AbortSignal }): Promise<void>;
}
