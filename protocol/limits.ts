/** Bounds that both ends of a wire agree on, without the schemas, which the page does not load. Lengths are UTF-16 code units. */
export const LIMITS = {
  nameLength: 64,
  identityLength: 128,
  roomLength: 64,
  textLength: 2000,
  /** Of one utterance in the log, spoken or typed; what is longer is cut off there. */
  entryLength: 8000,
  /** Largest signalling message, bytes; the transport refuses more before anything is parsed. */
  messageBytes: 64 * 1024,
  /** Mouth shapes in one message to a device. */
  devicePhonemes: 128,
} as const;

export const PORTRAIT_LIMITS = {
  /** Largest upload, bytes. */
  uploadBytes: 16 * 1024 * 1024,
  /** Largest picture, width x height, told by its header before anything is decoded. */
  pixels: 40_000_000,
  /** A face lower than this, hairline to chin, has too little to be drawn from. */
  faceHeightPixels: 96,
  promptLength: 500,
} as const;

/** How far a voice may be changed; 1 is as it is. */
export const VOICE_RANGES = {
  /** From a bigger body to a smaller one. */
  timbre: { min: 0.7, max: 1.4 },
  pitch: { min: 0.6, max: 1.6 },
  /** Speed. */
  pace: { min: 0.7, max: 1.4 },
} as const;
/** A voice as it is. */
export const PLAIN_VOICE = { timbre: 1, pitch: 1, pace: 1 };

/** Of a recording that a voice of somebody's own is made of. */
export const OWN_VOICE = { minSeconds: 20, maxSeconds: 60, uploadBytes: 16 * 1024 * 1024 } as const;

/** Of what is remembered of a person. */
export const MEMORY_LIMITS = { facts: 200, valueLength: 200, textLength: 300 } as const;

/** What people say of a call. */
export const RATING_LIMITS = { stars: 5, lineLength: 300 } as const;
