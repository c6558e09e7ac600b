import type { AgentState } from '../../protocol/conversation.ts';
import type { FaceState } from '../face/avatar.ts';
import type { Mood } from '../media/messages.ts';
import type { ReplyPart } from '../think/ports.ts';

const NEUTRAL = { emotion: 'neutral', intensity: 0 } as const;

/** Keeps the avatar's face and the state shown beside it in step; says each change once. */
export class FaceMood {
  readonly #show: (mood: Mood) => void;
  readonly #view: { state(state: AgentState): void };
  #mood: Mood = { state: 'idle', ...NEUTRAL };

  constructor(show: (mood: Mood) => void, view: { state(state: AgentState): void }) {
    this.#show = show;
    this.#view = view;
  }

  state(state: FaceState): void {
    if (state === this.#mood.state) return;
    this.#view.state(state);
    this.#set({ ...this.#mood, state });
  }

  feel({ emotion, intensity }: Extract<ReplyPart, { type: 'feeling' }>): void {
    this.#set({ ...this.#mood, emotion, intensity });
  }

  /** Nothing is going on: a calm face. */
  rest(): void {
    this.#mood = { ...this.#mood, ...NEUTRAL };
    if (this.#mood.state === 'idle') this.#show(this.#mood);
    else this.state('idle');
  }

  #set(mood: Mood): void {
    this.#mood = mood;
    this.#show(mood);
  }
}
