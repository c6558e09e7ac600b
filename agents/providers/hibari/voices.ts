import { PLAIN_DESIGN, type VoiceDesign } from '../../speak/ports.ts';

/** Voices by design: all are made of one that was learned. The first is it. */
export const HIBARI_VOICES: Readonly<Record<string, VoiceDesign>> = {
  heart: PLAIN_DESIGN,
  sarah: { timbre: 0.97, pitch: 0.93, range: 0.95, pace: 1, breath: 0 },
  june: { timbre: 0.92, pitch: 0.84, range: 0.85, pace: 0.96, breath: 0.15 },
  leo: { timbre: 0.87, pitch: 0.6, range: 1.08, pace: 0.99, breath: 0.04 },
  ollie: { timbre: 1.04, pitch: 1.16, range: 1.2, pace: 1.04, breath: 0 },
  man: { timbre: 0.84, pitch: 0.55, range: 1, pace: 0.98, breath: 0 },
  child: { timbre: 1.08, pitch: 1.42, range: 1.15, pace: 1.02, breath: 0 },
  elder: { timbre: 0.86, pitch: 0.66, range: 0.8, pace: 0.88, breath: 0.3 },
};
