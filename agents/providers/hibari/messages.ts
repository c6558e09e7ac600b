import type { VoiceDesign } from '../../speak/ports.ts';
import type { Plan } from './model.ts';

/** What the thread is asked: how a text is to be said, or the sound of some frames of what was planned. */
export type HibariRequest =
  | { ask: 'plan'; words: readonly string[]; rate: number; pitch: number; range: number }
  | { ask: 'sound'; plan: Omit<Plan, 'spans'>; from: number; to: number; design: VoiceDesign };

export type HibariAnswer = { plan: Plan | undefined } | { pcm: Int16Array };
