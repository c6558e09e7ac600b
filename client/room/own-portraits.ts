/** The portraits that were made in this browser: only it can list and remove them. */
export type OwnPortrait = { id: string; secret: string };

const KEY = 'visavis-portraits';

/** Never throws: storage may be forbidden, and then none is remembered. */
export function loadPortraits(storage: Storage | undefined = globalThis.localStorage): OwnPortrait[] {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '[]');
    return Array.isArray(kept)
      ? kept.filter(each => typeof each?.id === 'string' && typeof each?.secret === 'string')
      : [];
  } catch {
    return [];
  }
}

export function savePortraits(portraits: OwnPortrait[], storage: Storage | undefined = globalThis.localStorage): void {
  try {
    storage?.setItem(KEY, JSON.stringify(portraits));
  } catch {
    // Usable until the page is closed, then.
  }
}
