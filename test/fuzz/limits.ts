/** Limits out of the way: what is attacked is what lies behind them. */
export const UNLIMITED = {
  rooms: 100_000,
  peoplePerRoom: 10_000,
  sockets: 10_000,
  requestsPerSecond: 1e6,
  messagesPerSecond: 1e6,
  tokensPerMinute: 1e9,
  portraitsPerMinute: 1e9,
  readsPerMinute: 1e9,
  httpPerMinute: 1e9,
  httpPerTokenPerMinute: 1e9,
  tokensPerRoomPerMinute: 1e9,
  connectionsPerMinute: 1e9,
  joinsPerTokenPerMinute: 1e9,
  requestsPerRoomPerSecond: 1e9,
};
