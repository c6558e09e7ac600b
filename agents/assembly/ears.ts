import type { StageEntry } from '../../settings/stages.ts';
import { allReady, type Readiness } from '../base/readiness.ts';
import { meteredRecognizer } from '../listen/metered.ts';
import type { SpeechToText, VoiceActivityProvider } from '../listen/ports.ts';
import type { Making } from './makers.ts';

/** Who hears that somebody speaks; it works on this machine, whoever writes the words down. */
const ACTIVITY: StageEntry = { use: 'sherpa', as: 'sherpa', optional: false, settings: {}, variables: [] };

export interface Ears {
  vad: VoiceActivityProvider;
  asr: SpeechToText;
  readiness: Readiness;
}

/** Voice activity, and recognition that is counted and timed. */
export async function makeEars(entries: readonly StageEntry[], { making }: { making: Making }): Promise<Ears> {
  const activity = await making.one('activity', ACTIVITY);
  const [first] = await making.stage('recognition', entries);
  const asr = meteredRecognizer(first!.made, first!.meter);
  return { vad: activity.made, asr, readiness: allReady(readinessOf(activity.made, first!.made)) };
}

/** Of those that take a while before they can be used; what does both is asked once. */
const readinessOf = (...made: object[]): Readiness[] =>
  [...new Set(made)].filter((each): each is object & Readiness => 'ready' in each && 'onChange' in each);
