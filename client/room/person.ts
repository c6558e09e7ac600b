/** Who this browser's owner is from call to call: a secret that only this browser has. */

const KEY = 'visavis-person';
/** 192 bits. */
const KEY_BYTES = 24;

/** Undefined until somebody has asked to be remembered here. Never throws: storage may be forbidden. */
export function loadPersonKey(storage: Storage | undefined = globalThis.localStorage): string | undefined {
  try {
    return storage?.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The key that there is, or a new one. */
export function ownPersonKey(storage: Storage | undefined = globalThis.localStorage): string {
  const known = loadPersonKey(storage);
  if (known !== undefined) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const key = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  try {
    storage?.setItem(KEY, key);
  } catch {
    // Then it is good for this page only, and nobody can ask for it again.
  }
  return key;
}

/** Nothing is kept of them any more: next time they are somebody new. */
export function forgetPersonKey(storage: Storage | undefined = globalThis.localStorage): void {
  try {
    storage?.removeItem(KEY);
  } catch {
    // There was none, then.
  }
}
