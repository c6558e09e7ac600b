import type { Tokens } from '../auth/tokens.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { Files } from '../files/files.ts';
import type { Dispatcher } from '../hosts/dispatcher.ts';
import type { Gates } from '../limits/gate.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Portraits } from '../portraits/portraits.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Rooms } from '../rooms/registry.ts';
import type { RoomControl } from '../rooms/room-control.ts';
import type { OwnVoices } from '../voices/own-voices.ts';
import type { Routes } from './declared/routes.ts';

/** What the routes of the API work on. */
export interface ApiDeps {
  rooms: Rooms;
  tokens: Tokens;
  engine: RoomControl;
  dispatcher: Dispatcher;
  metrics: Metrics;
  gates: Gates;
  portraits: Portraits;
  ownVoices: OwnVoices;
  ratings: Ratings;
  files: Files;
  /** Absent where nothing is kept. */
  conversations?: Conversations | undefined;
  /** Browsers connected now. */
  connections(): number;
  draining(): boolean;
  /** Told of every route as it is made, declared or not: `GET /health`. */
  onRoute?: (route: string) => void;
  /** Takes down what is declared of the routes. */
  routes: Routes;
}
