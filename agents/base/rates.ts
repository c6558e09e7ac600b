/** Samples per second of all sound that is listened to, mono. */
export const LISTEN_RATE = 16_000;

/** Samples per second of all sound that is spoken, mono. */
export const SPEECH_RATE = 48_000;
