/** Bounds that both ends of a wire agree on. Lengths are UTF-16 code units. */
export const LIMITS = {
  nameLength: 64,
  identityLength: 128,
  roomLength: 64,
  textLength: 2000,
  /** Of one utterance in the log, spoken or typed; what is longer is cut off there. */
  entryLength: 8000,
  /** Largest signalling message, bytes; the transport refuses more before anything is parsed. */
  messageBytes: 64 * 1024,
} as const;
