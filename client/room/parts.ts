import type { types } from 'mediasoup-client';
import type { LocalMedia } from './local.ts';
import type { Signaling } from './signaling.ts';
import type { TokenSource } from './tokens.ts';

/** What a call needs from outside. */
export type RoomParts = {
  /** The room's name. */
  room: string;
  signaling: Signaling;
  tokens: Pick<TokenSource, 'get' | 'forget' | 'renewable'>;
  local: Pick<LocalMedia, 'wanted' | 'release'> &
    Partial<Pick<LocalMedia, 'vouchedFor'>> & {
      store: { subscribe(listener: () => void): () => void };
    };
  /** Whether they want little movement; absent: it is not known. */
  reducedMotion?(): boolean;
  /** A new, unloaded device. */
  createDevice(): types.Device | Promise<types.Device>;
};
