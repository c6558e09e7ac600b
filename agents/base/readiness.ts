/** Whether something can be used yet: models take a while to load, and are gone while their process starts again. */
export interface Readiness {
  readonly ready: boolean;
  /** Tells whenever `ready` may have changed. */
  onChange(listener: () => void): void;
}

/** Ready when all of them are. */
export const allReady = (all: readonly Readiness[]): Readiness => ({
  get ready() {
    return all.every(({ ready }) => ready);
  },
  onChange(listener) {
    for (const one of all) one.onChange(listener);
  },
});
