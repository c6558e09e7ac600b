/** Below this no microphone carries speech: RMS of 16-bit samples, -62 dBFS. */
const QUIET_RMS = 26;

/** Whether 16-bit samples are too quiet to be speech. */
export function isQuiet(pcm: Int16Array): boolean {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return sum < QUIET_RMS * QUIET_RMS * pcm.length;
}
