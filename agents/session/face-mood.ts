import type { AgentState } from '../../protocol/conversation.ts';
import type { FaceState } from '../face/avatar.ts';
import type { Mood } from '../perform/port.ts';
import type { ReplyPart } from '../think/ports.ts';

/** How far to the side the outermost person is looked for, as share of the eyes' range. */
const PLACES = 0.45;
/** A smaller change of a listener's face is not seen. */
const NOTICED = 0.1;
/** Where somebody looks who looks something up. */
const ASIDE = { x: 0.5, y: 0.35 };
const NEUTRAL = { emotion: 'neutral', intensity: 0 } as const;

/** Keeps the avatar's face and the state shown beside it in step; says each change once. */
export class FaceMood {
  readonly #show: (mood: Mood) => void;
  readonly #view: { state(state: AgentState): void };
  #mood: Mood = { state: 'idle', ...NEUTRAL };
  #looking = false;
  #told: AgentState = 'idle';

  constructor(show: (mood: Mood) => void, view: { state(state: AgentState): void }) {
    this.#show = show;
    this.#view = view;
  }

  state(state: FaceState): void {
    if (state !== this.#mood.state) this.#set({ ...this.#mood, state });
  }

  /** Something is being looked up, and takes long: the face looks aside meanwhile, also while it says so. */
  looking(on: boolean): void {
    if (on === this.#looking) return;
    this.#looking = on;
    this.#set(this.#mood);
  }

  feel({ emotion, intensity }: Extract<ReplyPart, { type: 'feeling' }>): void {
    this.#set({ ...this.#mood, emotion, intensity });
  }

  /** The face of a listener, while nothing else is to be shown. */
  sympathise({ emotion, intensity }: Pick<Mood, 'emotion' | 'intensity'>): void {
    if (this.#mood.state === 'speaking' || this.#mood.state === 'thinking') return;
    if (emotion === this.#mood.emotion && Math.abs(intensity - this.#mood.intensity) < NOTICED) return;
    this.#set({ ...this.#mood, emotion, intensity });
  }

  /** Turns to somebody: -1 the leftmost of the people, 1 the rightmost, 0 when there is only one. */
  look(place: number): void {
    const { gaze: _, ...mood } = this.#mood;
    this.#set(place === 0 ? mood : { ...mood, gaze: { x: place * PLACES, y: 0 } });
  }

  /** From now on it moves little: its mouth, its lids, and what it feels. */
  reduceMotion(reduced: boolean): void {
    if (reduced === (this.#mood.reducedMotion === true)) return;
    const { reducedMotion: _, ...mood } = this.#mood;
    this.#set(reduced ? { ...mood, reducedMotion: true } : mood);
  }

  /** Shows that what was said so far has been heard. */
  nod(): void {
    if (this.#mood.state === 'listening' && this.#mood.reducedMotion !== true)
      this.#set({ ...this.#mood, nods: (this.#mood.nods ?? 0) + 1 });
  }

  /** Nothing is going on: a calm face. */
  rest(): void {
    const { gaze: _, ...mood } = this.#mood;
    this.#set({ ...mood, ...NEUTRAL, state: 'idle' });
  }

  #set(mood: Mood): void {
    this.#mood = mood;
    const looking = this.#looking && (mood.state === 'thinking' || mood.state === 'speaking');
    const told = looking ? 'looking' : mood.state;
    if (told !== this.#told) this.#view.state(told);
    this.#told = told;
    this.#show(looking ? { ...mood, state: 'thinking', gaze: ASIDE } : mood);
  }
}
