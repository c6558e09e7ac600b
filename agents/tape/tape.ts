import type { JobPerson } from '../../protocol/agents.ts';
import type { LogEntry } from '../../protocol/conversation.ts';
import type { Consent } from '../../protocol/feelings.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { Clock } from '../base/clock.ts';
import { mentions } from '../think/personal.ts';
import type { Exchange, Persona } from '../think/ports.ts';
import type { Recording } from './recording.ts';
import type { Recordings } from './recordings.ts';

/** Turns whose answers may still come, at most [C2]. */
const MAX_TURNS = 200;

interface Person {
  name: string;
  /** They want to be recorded. */
  consents: boolean;
  /** Their microphone is open. */
  listened: boolean;
}

/**
 * Takes down what comes into one job, of those people who want it and while they want it, and how it was answered.
 * Of others nothing gets in: not their sound, their words or names, nor the answers to them.
 */
export class Tape {
  readonly #recordings: Pick<Recordings, 'begin' | 'end'>;
  readonly #clock: Clock;
  readonly #persona: Persona;
  readonly #avatar: string;
  readonly #over: () => void;
  readonly #people = new Map<string, Person>();
  /** Turns that answer somebody who is not recorded. */
  readonly #withheld = new Set<string>();
  /** The last that the avatar said. */
  #reply: LogEntry | undefined;
  #conversation: string | undefined;
  #recording: Recording | undefined;
  #ending: Promise<void> = Promise.resolve();

  /** @param over told when a recording has ended by itself, or none can be made: nobody is recorded any more */
  constructor(
    recordings: Pick<Recordings, 'begin' | 'end'>,
    { clock, persona, avatar, over }: { clock: Clock; persona: Persona; avatar: string; over(): void },
  ) {
    this.#recordings = recordings;
    this.#clock = clock;
    this.#persona = persona;
    this.#avatar = avatar;
    this.#over = over;
  }

  /** Which conversation goes on: recordings are part of one, so that they are erased with it. */
  conversation(id: string | undefined): void {
    if (id === this.#conversation) return;
    this.#end();
    this.#conversation = id;
    // Between two of them nothing is said; they are recorded again with the next.
    if (id === undefined) return;
    for (const [identity, person] of this.#people) if (person.consents) this.#began(identity, person);
  }

  /** Nothing of them is recorded before they consent. */
  joined({ identity, name }: Pick<JobPerson, 'identity' | 'name'>): void {
    this.#people.set(identity, { listened: false, consents: false, ...this.#people.get(identity), name });
  }

  /** It holds from this moment on. */
  consent(identity: string, { recording }: Pick<Consent, 'recording'>): void {
    const person = this.#people.get(identity);
    if (person === undefined || person.consents === recording) return;
    person.consents = recording;
    if (recording) this.#began(identity, person);
    else this.#recording?.event({ ms: this.#ms, type: 'left', identity });
  }

  left(identity: string): void {
    this.consent(identity, { recording: false });
    this.#people.delete(identity);
  }

  listen(identity: string): void {
    const person = this.#people.get(identity);
    if (person === undefined) return;
    person.listened = true;
    this.#of(identity)?.event({ ms: this.#ms, type: 'listen', identity });
  }

  unlisten(identity: string): void {
    const person = this.#people.get(identity);
    if (person === undefined) return;
    person.listened = false;
    this.#of(identity)?.event({ ms: this.#ms, type: 'unlisten', identity });
  }

  /** Sound of a person, 16 kHz mono; lent for this call. */
  hear(identity: string, pcm: Int16Array, audible: boolean): void {
    this.#of(identity)?.heard(identity, pcm, audible, this.#clock.nowMs());
  }

  typed(entry: LogEntry): void {
    this.#owed(entry.speaker, entry.turnId);
    this.#of(entry.speaker)?.event({ ms: this.#ms, type: 'typed', entry });
  }

  greet(name: string): void {
    if (!this.#tells(name)) this.#recording?.event({ ms: this.#ms, type: 'greet', name });
  }

  log(entry: LogEntry): void {
    if (entry.role === 'user') this.#owed(entry.speaker, entry.turnId);
    if (!entry.final) return;
    const { feeling: _, ...said } = entry;
    // The avatar's words wait until it is known what they answer.
    if (entry.role === 'avatar') this.#reply = said;
    else this.#of(entry.speaker)?.event({ ms: this.#ms, type: 'said', entry: said });
  }

  /** @param history what was said and heard so far, this turn included */
  timed({ trace }: { trace: TurnTrace }, history: readonly Exchange[]): void {
    const reply = this.#reply?.turnId === trace.turnId ? this.#reply : undefined;
    this.#reply = undefined;
    const others = inputsOf(history).some(({ speaker }) => this.#people.get(speaker)?.consents === false);
    if (this.#withheld.has(trace.turnId) || others) return;
    const ms = this.#ms;
    if (reply !== undefined && !this.#tells(reply.text)) this.#recording?.event({ ms, type: 'said', entry: reply });
    this.#recording?.event({ ms, type: 'turn', trace });
  }

  /** Resolves when all of it is on the disk. */
  close(): Promise<void> {
    this.#end();
    return this.#ending;
  }

  get #ms(): number {
    return this.#recording?.at(this.#clock.nowMs()) ?? 0;
  }

  /** The recording, if this person is in it. */
  #of(identity: string): Recording | undefined {
    return this.#people.get(identity)?.consents === true ? this.#recording : undefined;
  }

  /** Whether a text names somebody who is not recorded. */
  #tells(text: string): boolean {
    return mentions([...this.#people.values()].flatMap(({ name, consents }) => (consents ? [] : [name])))(text);
  }

  /** An answer to them goes with their words. */
  #owed(identity: string, turnId: string): void {
    if (this.#people.get(identity)?.consents === true) return;
    this.#withheld.add(turnId);
    for (const oldest of this.#withheld) {
      if (this.#withheld.size <= MAX_TURNS) break;
      this.#withheld.delete(oldest);
    }
  }

  #began(identity: string, { name, listened }: Person): void {
    const conversation = this.#conversation;
    const nowMs = this.#clock.nowMs();
    if (conversation !== undefined)
      this.#recording ??= this.#recordings.begin(
        { conversation, persona: this.#persona, avatar: this.#avatar, nowMs },
        () => this.#cease(),
      );
    const recording = this.#recording;
    if (recording === undefined) {
      this.#cease();
      return;
    }
    const ms = this.#ms;
    recording.event({ ms, type: 'joined', person: recording.person(identity), identity, name });
    if (listened) recording.event({ ms, type: 'listen', identity });
  }

  /** Nobody is recorded any more before they say so again. */
  #cease(): void {
    this.#recording = undefined;
    for (const person of this.#people.values()) person.consents = false;
    this.#over();
  }

  #end(): void {
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording !== undefined) this.#ending = this.#recordings.end(recording);
  }
}

/** What the last answer of a history answers, by one person or several. */
function inputsOf(history: readonly Exchange[]): readonly Exchange[] {
  const end = history.at(-1)?.role === 'avatar' ? history.length - 1 : history.length;
  return history.slice(history.findLastIndex(({ role }, i) => i < end && role === 'avatar') + 1, end);
}
