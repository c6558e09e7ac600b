import type { Prosody, VoiceDesign } from '../../speak/ports.ts';
import type { Plan } from './model.ts';

/** What the process is asked: how a text is to be said, or the sound of some frames of what was planned. */
export type HibariRequest =
  | { ask: 'plan'; words: readonly string[]; manner: Manner }
  | { ask: 'sound'; plan: Omit<Plan, 'spans'>; from: number; to: number; design: VoiceDesign; energy: number };

export type HibariAnswer = { plan: Plan | undefined } | { pcm: Int16Array };

export interface Manner extends Required<Pick<Prosody, 'rate' | 'pitch' | 'range' | 'pauses'>> {
  /** The voice rises at the end, as that of somebody who wants to know. */
  rises: boolean;
}
