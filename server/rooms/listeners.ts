import type { Room } from './room.ts';
import type { Listener } from './room-parts.ts';

/** What the rest of the server wants to know of a room. */
export type RoomListener = Listener<Room>;

/** One listener that tells all of these, in this order. */
export function together(...listeners: Partial<RoomListener>[]): RoomListener {
  const tell =
    <N extends keyof RoomListener>(name: N) =>
    (...args: Parameters<RoomListener[N]>): void => {
      for (const listener of listeners) (listener[name] as ((...all: typeof args) => void) | undefined)?.(...args);
    };
  return {
    joined: tell('joined'),
    left: tell('left'),
    microphone: tell('microphone'),
    picture: tell('picture'),
    typed: tell('typed'),
    logged: tell('logged'),
    unlogged: tell('unlogged'),
    struck: tell('struck'),
    timed: tell('timed'),
    received: tell('received'),
    avatarCame: tell('avatarCame'),
    consented: tell('consented'),
    moved: tell('moved'),
    hushed: tell('hushed'),
    ended: tell('ended'),
  };
}
