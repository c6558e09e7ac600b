import { at, BASE } from '../place/at.ts';
import { type Left, takeCall } from '../room/again.ts';
import { RoomClient } from '../room/client.ts';
import { Engine } from '../room/engine.ts';
import { LocalMedia } from '../room/local.ts';
import { loadPortraits } from '../room/own-portraits.ts';
import { loadPersonKey, ownPersonKey } from '../room/person.ts';
import { loadPrefs, savePrefs } from '../room/prefs.ts';
import { SocketSignaling } from '../room/signaling.ts';
import { Store } from '../room/store.ts';
import { type Profile, TokenSource } from '../room/tokens.ts';
import { t } from '../words/words.ts';
import { type Route, randomRoom } from './route.ts';
import { type HeldCall, Tabs } from './tabs.ts';

/** What the lobby's form holds. */
export type Entry = {
  room: string;
  name: string;
  persona?: string;
  avatar?: string;
  /** What is learned of them is kept for the next time. */
  remember?: boolean;
  /** The last conversation is taken up where it ended. */
  resume?: boolean;
};

/** Puts the parts of the page together, and makes ready in the lobby what the call will need. */
export class Desk {
  readonly route: Route;
  /** The one that the address names, or one of their own. */
  readonly room: string;
  readonly local = new LocalMedia();
  /** The call, from the moment somebody wants to enter. */
  readonly call = new Store<{ room: string; client: RoomClient } | undefined>(undefined);
  readonly #signaling = new SocketSignaling(location.origin, `${BASE}socket.io`);
  /** Somebody wants to enter where another tab is, and is asked whether they mean to go on here. */
  readonly elsewhere = new Store<{ entry: Entry; call: HeldCall } | 'looking' | undefined>(undefined);
  readonly #tabs = new Tabs();
  readonly #engine = new Engine();
  #tokens: { room: string; source: TokenSource } | undefined;
  #portraits: TokenSource | undefined;

  readonly #lessMotion = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(route: Route) {
    this.route = route;
    this.room = route.room ?? randomRoom();
    addEventListener('pagehide', () => this.call.get()?.client.vanish());
    // A page brought back from the browser's cache holds a call that has ended meanwhile.
    addEventListener('pageshow', event => event.persisted && location.reload());
    addEventListener('popstate', () => location.reload());
    addEventListener('offline', () => this.call.get()?.client.networkLost());
    this.#lessMotion.addEventListener('change', ({ matches }) => this.call.get()?.client.reduceMotion(matches));
    addEventListener('online', () => this.call.get()?.client.networkChanged());
  }

  /** Starts what takes long, before anybody clicks. */
  open(): void {
    this.#signaling.connect();
    this.#engine.warm();
    const left = takeCall(this.route.room);
    if (left !== undefined) this.#takePlaceAgain(left);
    else if (this.route.joinAtOnce) {
      // Whoever made this link is not to hear or see anybody who has not touched the page yet.
      this.local.holdBack();
      this.elsewhere.set('looking');
      void this.enter({
        room: this.room,
        name: this.route.name ?? loadPrefs().name ?? t('guest'),
        remember: loadPrefs().remember,
      });
    } else void this.local.open();
  }

  /** Somebody is about to enter. */
  prepare(entry: Entry): void {
    if (entry.name !== '') this.#tokensFor(entry.room).prefetch(this.#profile(entry));
  }

  /** Enters a room, unless this browser is in it already. */
  async enter(entry: Entry): Promise<void> {
    savePrefs({
      name: entry.name,
      ...(entry.avatar !== undefined && { avatar: entry.avatar }),
      ...(entry.remember !== undefined && { remember: entry.remember }),
    });
    const call = await this.#tabs.find(entry.room);
    if (call === undefined) this.enterAnyway(entry);
    else this.elsewhere.set({ entry, call });
  }

  /** Enters as somebody of their own, whoever is there from this browser. */
  enterAnyway(entry: Entry): void {
    this.elsewhere.set(undefined);
    // Made only now: a key is nothing that looking at the lobby should leave behind.
    if (entry.remember === true) ownPersonKey();
    this.#call(entry.room, this.#profile(entry));
  }

  /** The page was loaded again in the middle of a call: it goes on as the same person, who hears and sees as before. */
  #takePlaceAgain({ room, profile, token }: Pick<Left, 'room' | 'profile' | 'token'>): void {
    this.#tokensFor(room).have(profile, token);
    void this.local.open();
    this.#call(room, profile);
  }

  /** The call of another tab goes on here: that one is told by the server. */
  goOnHere(): void {
    const asked = this.elsewhere.get();
    if (typeof asked !== 'object') return;
    this.elsewhere.set(undefined);
    this.#takePlaceAgain({ room: asked.entry.room, ...asked.call });
  }

  #call(room: string, profile: Profile): void {
    const client = new RoomClient({
      signaling: this.#signaling,
      room,
      tokens: this.#tokensFor(room),
      local: this.local,
      reducedMotion: () => this.#lessMotion.matches,
      createDevice: this.#engine.createDevice,
    });
    const path = at(`/r/${room}`);
    if (location.pathname !== path) history.pushState(null, '', path + location.search + location.hash);
    document.title = `${room} · Visavis`;
    client.join(profile);
    this.#hold(room, client);
    this.call.set({ room, client });
  }

  /** Other tabs hear of the call for as long as it lasts. */
  #hold(room: string, client: RoomClient): void {
    let over: (() => void) | undefined;
    const update = () => {
      const { phase } = client.store.get();
      if (phase === 'ended') {
        over?.();
        over = undefined;
      } else
        over ??= this.#tabs.hold(room, () => {
          const { profile, token } = client;
          return token === undefined ? undefined : { profile, token };
        });
    };
    client.store.subscribe(update);
    update();
  }

  /** Enters the same room again after the call has ended. */
  again(): void {
    void this.local.open();
    this.call.get()?.client.rejoin();
  }

  /** A token of its own for making portraits: nobody has said yet who wants to join. */
  readonly portraitToken = (): Promise<string> => {
    this.#portraits ??= new TokenSource(this.room, this.route.token);
    return this.#portraits.get({ name: 'Portrait', personKey: loadPersonKey() });
  };

  #profile({ name, persona, avatar, remember, resume }: Entry) {
    const { route } = this;
    const personKey = loadPersonKey();
    const face = avatar ?? route.avatar;
    const avatarSecret = loadPortraits().find(({ id }) => id === face)?.secret;
    return {
      name,
      persona: persona ?? route.persona,
      avatar: face,
      ...(avatarSecret !== undefined && { avatarSecret }),
      ...(personKey !== undefined && (remember || resume) && { personKey, remember, resume }),
    };
  }

  #tokensFor(room: string): TokenSource {
    if (this.#tokens?.room !== room) this.#tokens = { room, source: new TokenSource(room, this.route.token) };
    return this.#tokens.source;
  }
}
