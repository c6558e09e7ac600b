/**
 * Mean pitch and its spread as each voice was recorded, Hz: prosody is relative to them. And by how much a voice is made
 * louder, so that all are about as loud (`speak/level.ts`).
 */
export const FLITE_VOICES: Readonly<Record<string, { meanHz: number; spreadHz: number; gainDb: number }>> = {
  slt: { meanHz: 170, spreadHz: 15, gainDb: 0 },
  rms: { meanHz: 95, spreadHz: 15, gainDb: 5.4 },
  awb: { meanHz: 125, spreadHz: 15, gainDb: 4.8 },
  kal16: { meanHz: 105, spreadHz: 14, gainDb: 12.3 },
};
