import type { Consent, Feeling, FeelingSource } from '../../protocol/feelings.ts';
import type { Clock } from '../base/clock.ts';
import { FeelingFusion } from './fusion.ts';
import type { Reading, VoiceSense } from './ports.ts';
import { readWords } from './words.ts';

export interface SensesDeps {
  clock: Clock;
  voice: VoiceSense;
  /** BCP 47, of what is said. */
  language?: string;
  /** A feeling changed enough to matter; null when nothing is sensed any more. */
  felt(identity: string, feeling: Feeling | null): void;
  /** What was sensed, for operators. */
  sensed(source: FeelingSource): void;
  report(problem: string, error: unknown): void;
}

/** Feelings fade by themselves; so often it is looked whether one has. */
const FADE_MS = 2000;
/** A smaller change is not worth telling. */
const NOTABLE = 0.08;

interface Person {
  fusion: FeelingFusion;
  consent: boolean;
  told: Feeling | null;
  /** What was read last, so that the same words count once. */
  words?: string;
}

/** How the people of one conversation feel: what the senses read of each, fused. Nothing is sensed without consent. */
export class Senses {
  readonly #deps: SensesDeps;
  /** Names of this conversation's speakers for the voice sense, which serves many. */
  readonly #scope: string;
  readonly #people = new Map<string, Person>();
  readonly #abort = new AbortController();
  #cancelFade: (() => void) | undefined;

  /** @param scope unique for the conversation */
  constructor(deps: SensesDeps, scope: string) {
    this.#deps = deps;
    this.#scope = scope;
  }

  /** Somebody is here, or changed what may be noticed of them. */
  consent(identity: string, { feelings }: Consent): void {
    const person = this.#people.get(identity);
    if (person?.consent === feelings) return;
    if (!feelings) this.#forget(identity);
    this.#people.set(identity, { fusion: new FeelingFusion(), consent: feelings, told: null });
  }

  left(identity: string): void {
    this.#forget(identity);
    this.#people.delete(identity);
  }

  /** How somebody says something: one utterance so far, 16 kHz. Never waited for. */
  speaks(identity: string, utteranceId: string, pcm: Int16Array): void {
    const person = this.#people.get(identity);
    if (person?.consent !== true) return;
    const { signal } = this.#abort;
    this.#deps.voice.hear(this.#speaker(identity), utteranceId, pcm, { signal }).then(
      reading => reading !== undefined && this.#read(identity, person, reading),
      error => signal.aborted || this.#deps.report('a voice could not be sensed', error),
    );
  }

  /** What somebody says, or typed. */
  said(identity: string, text: string): void {
    const person = this.#people.get(identity);
    if (person?.consent !== true || person.words === text) return;
    person.words = text;
    const reading = readWords(text, this.#deps.language);
    if (reading !== undefined) this.#read(identity, person, reading);
  }

  /** What somebody's face shows; null where no face is seen. */
  saw(identity: string, reading: Reading | null): void {
    const person = this.#people.get(identity);
    if (person?.consent === true && reading !== null) this.#read(identity, person, reading);
  }

  /** A person's camera is off: what their face said is forgotten. */
  unseen(identity: string): void {
    const person = this.#people.get(identity);
    person?.fusion.forget('face');
    if (person !== undefined) this.#tell(identity, person);
  }

  close(): void {
    this.#abort.abort();
    this.#cancelFade?.();
    for (const identity of this.#people.keys()) this.#deps.voice.forget(this.#speaker(identity));
    this.#people.clear();
  }

  #read(identity: string, person: Person, reading: Reading): void {
    // They may have left, or withdrawn their consent, since.
    if (this.#people.get(identity) !== person) return;
    this.#deps.sensed(reading.source);
    person.fusion.push(reading, this.#deps.clock.nowMs());
    this.#tell(identity, person);
    this.#fadeLater();
  }

  #tell(identity: string, person: Person): void {
    const feeling = person.fusion.feeling(this.#deps.clock.nowMs()) ?? null;
    if (!notable(person.told, feeling)) return;
    person.told = feeling;
    this.#deps.felt(identity, feeling);
  }

  #fadeLater(): void {
    this.#cancelFade ??= this.#deps.clock.after(FADE_MS, () => {
      this.#cancelFade = undefined;
      for (const [identity, person] of this.#people) this.#tell(identity, person);
      if ([...this.#people.values()].some(({ told }) => told !== null)) this.#fadeLater();
    });
  }

  #forget(identity: string): void {
    const person = this.#people.get(identity);
    if (person === undefined) return;
    this.#deps.voice.forget(this.#speaker(identity));
    if (person.told !== null) this.#deps.felt(identity, null);
  }

  #speaker(identity: string): string {
    return `${this.#scope}/${identity}`;
  }
}

function notable(before: Feeling | null, now: Feeling | null): boolean {
  if (before === null || now === null) return before !== now;
  return (
    before.label !== now.label ||
    before.sources.join() !== now.sources.join() ||
    (['valence', 'arousal', 'confidence'] as const).some(key => Math.abs(before[key] - now[key]) >= NOTABLE)
  );
}
