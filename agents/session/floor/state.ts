import type { Exchange } from '../../think/ports.ts';
import type { SaidTimes } from './said-times.ts';

/** Something that was said and waits for its answer. */
export interface Input {
  exchange: Exchange;
  /** Of the log; the turn that answers it last is called so, too. */
  entryId: string;
  said: SaidTimes;
  source: 'voice' | 'text';
  /** A turn for it was given up before anything was heard: the next one must not be taken for that one [T2]. */
  again?: true;
}

/** What the floor knows of the live turn. Samples at SPEECH_RATE. */
export interface LiveTurn {
  source: 'voice' | 'text' | 'greeting';
  /** What it answers; nothing, where the avatar speaks up by itself. */
  inputs: readonly Input[];
  /** Who was speaking already when it began: their going on is no interruption. */
  talkers: ReadonlySet<string>;
  /** Samples of speech that exist, and those that went out. */
  made: number;
  played: number;
  /** Everything that will be said exists. */
  complete: boolean;
  /** The first sample went out. */
  sounded: boolean;
  /** A whole word of it was heard [T4]. */
  heard: boolean;
}

/** What holds whoever has the floor. */
export interface Around {
  /** Output can be held in mid-word and go on from there. */
  readonly pauses: boolean;
  /** Who speaks now, or has just paused. */
  readonly speakers: ReadonlySet<string>;
  /** What waits for its answer, oldest first. */
  readonly waiting: readonly Input[];
  /** The patience timer runs. */
  readonly patient: boolean;
  /** Something was found that is not told yet; and the timer of telling it runs. */
  readonly untold: boolean;
  readonly telling: boolean;
  /** The answer that is prepared in secret [T5]: what it answers, and the utterance that it was begun for. */
  readonly secret: { key: string; utteranceId: string } | undefined;
}

/** The avatar has the floor, and nobody disputes it. */
export type Undisputed = { at: 'preparing' | 'speaking'; turn: LiveTurn };
/**
 * Somebody speaks over the avatar, whose output is held (`paused`) or goes on until it is known what that was
 * (`yielding`). `answered`: the recognizer has heard something, and it was no more than a backchannel.
 */
export type Disputed = { at: 'paused' | 'yielding'; turn: LiveTurn; by: string; answered: boolean };

/** Who has the floor. */
export type Floor = Around &
  (
    | { at: 'free' }
    /** People speak, or wait for their answer. */
    | { at: 'people' }
    | Undisputed
    | Disputed
    /** The conversation is over. */
    | { at: 'closed' }
  );

/** A floor on which a turn is live; there is one at most [T1]. */
export type Taken = Around & (Undisputed | Disputed);

export const isTaken = (floor: Floor): floor is Taken => 'turn' in floor;
export const isDisputed = (floor: Floor): floor is Around & Disputed => 'by' in floor;

/** @param pauses whether output can be held in mid-word and go on from there */
export const openFloor = (pauses: boolean): Floor => ({
  at: 'free',
  pauses,
  speakers: new Set(),
  waiting: [],
  patient: false,
  untold: false,
  telling: false,
  secret: undefined,
});
