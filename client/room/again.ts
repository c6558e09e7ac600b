/** What a page that is loaded again needs, to take its place in the call once more; kept for this tab alone. */
import type { Profile } from './tokens.ts';

const KEY = 'visavis-call';
/** The server keeps the seat of a page that goes away for so long. */
export const AGAIN_MS = 5_000;

export interface Left {
  room: string;
  profile: Profile;
  /** The same identity again: what was said is shown again, and nobody else takes the seat. */
  token: string;
  atMs: number;
}

/** Never throws: storage may be forbidden, and then one begins in the lobby. */
export function keepCall(left: Left, storage: Storage | undefined = globalThis.sessionStorage): void {
  try {
    storage?.setItem(KEY, JSON.stringify(left));
  } catch {
    // Then one begins in the lobby.
  }
}

/** The call that this tab was in a moment ago; it is told once. */
export function takeCall(
  room: string | undefined,
  nowMs = Date.now(),
  storage: Storage | undefined = globalThis.sessionStorage,
): Left | undefined {
  try {
    const text = storage?.getItem(KEY);
    storage?.removeItem(KEY);
    const left = JSON.parse(text ?? 'null') as Left | null;
    return left !== null && left.room === room && nowMs - left.atMs < AGAIN_MS ? left : undefined;
  } catch {
    return undefined;
  }
}
