/** Mean pitch and its spread as each voice was recorded, Hz: prosody is relative to them. */
export const FLITE_VOICES: Readonly<Record<string, { meanHz: number; spreadHz: number }>> = {
  slt: { meanHz: 170, spreadHz: 15 },
  rms: { meanHz: 95, spreadHz: 15 },
  awb: { meanHz: 125, spreadHz: 15 },
  kal16: { meanHz: 105, spreadHz: 14 },
};
