import type { Profile } from '../room/tokens.ts';

/** What another tab needs to go on with a call. */
export type HeldCall = { profile: Profile; token: string };

type Said = { ask: string; id: string } | { answer: string; call: HeldCall };
/** Where tabs talk to each other. */
export type Channel = Pick<BroadcastChannel, 'close'> & {
  postMessage(said: Said): void;
  onmessage: ((event: MessageEvent<Said>) => unknown) | null;
};
type Parts = {
  /** Absent on pages that are not secure: tabs know nothing of each other there. */
  locks: Pick<LockManager, 'request' | 'query'> | undefined;
  channel(): Channel;
};

/** A tab that is in the call answers at once; one that the browser has put to sleep does not. */
const ANSWER_MS = 500;
const lockOf = (room: string) => `visavis-call ${room}`;

const ofBrowser: Parts = {
  locks: globalThis.navigator?.locks,
  channel: () => new BroadcastChannel('visavis-calls'),
};

/** The tabs of one browser, which know of each other's calls. A tab that is closed or crashes is in none. */
export class Tabs {
  readonly #parts: Parts;

  constructor(parts: Parts = ofBrowser) {
    this.#parts = parts;
  }

  /**
   * This tab is in a call, until the returned function is called.
   * @param call what goes to another tab that asks for it; undefined: not yet
   */
  hold(room: string, call: () => HeldCall | undefined): () => void {
    const { locks } = this.#parts;
    if (locks === undefined) return () => {};
    const channel = this.#parts.channel();
    channel.onmessage = ({ data }) => {
      const held = 'ask' in data && data.ask === room ? call() : undefined;
      if ('ask' in data && held !== undefined) channel.postMessage({ answer: data.id, call: held });
    };
    const over = Promise.withResolvers<void>();
    void locks.request(lockOf(room), { mode: 'shared' }, () => over.promise).catch(() => {});
    return () => {
      over.resolve();
      channel.close();
    };
  }

  /** The call of another tab in this room; a moment passes only where there is one. */
  async find(room: string): Promise<HeldCall | undefined> {
    const { locks } = this.#parts;
    const { held } = (await locks?.query().catch(() => undefined)) ?? {};
    if (!held?.some(({ name }) => name === lockOf(room))) return undefined;
    const channel = this.#parts.channel();
    const id = crypto.randomUUID();
    const found = Promise.withResolvers<HeldCall | undefined>();
    const timer = setTimeout(() => found.resolve(undefined), ANSWER_MS);
    channel.onmessage = ({ data }) => {
      if ('answer' in data && data.answer === id) found.resolve(data.call);
    };
    channel.postMessage({ ask: room, id });
    try {
      return await found.promise;
    } finally {
      clearTimeout(timer);
      channel.close();
    }
  }
}
