import { Person, type PersonOptions } from '../../test/harness/person.ts';
import { encodeAll, encodeSilence, type Packets } from '../../test/harness/speech.ts';
import { SMALL_TALK } from './small-talk.ts';

const FRAME_MS = 20;
/** An answer that has not come by then does not count as one. */
const ANSWER_MS = 8000;
/** The avatar has said what it had to say. */
const QUIET_MS = 900;
const PAUSE_MS = [600, 2400] as const;
const CHECK_MS = 20;

/** One exchange. */
export interface Exchange {
  person: number;
  /** Absent when no answer came. */
  voiceToVoiceMs?: number;
  /** While the answer sounded. */
  picturesPerSecond?: number;
  spokenS: number;
  atMs: number;
}

/** People in conversation, each with an avatar in a room of their own; one clock paces all microphones. */
export class Crowd {
  readonly people: Person[] = [];
  readonly exchanges: Exchange[] = [];
  /** The worst that the crowd's own clock was late, ms: a figure taken while it is large says nothing of the product. */
  lateMs = 0;
  readonly #options: Omit<PersonOptions, 'room' | 'name'>;
  readonly #speech: Packets[];
  readonly #stopped = new AbortController();
  readonly #talks: Promise<void>[] = [];
  readonly #random: () => number;
  #nextMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #joined = 0;

  static async create(
    options: { url: string; video: boolean; persona?: string },
    random: () => number,
  ): Promise<Crowd> {
    const [speech, silence] = await Promise.all([encodeAll(SMALL_TALK, ['rms', 'slt']), encodeSilence()]);
    return new Crowd({ ...options, silence, talks: true }, speech, random);
  }

  private constructor(options: Omit<PersonOptions, 'room' | 'name'>, speech: Packets[], random: () => number) {
    this.#options = options;
    this.#speech = speech;
    this.#random = random;
    this.#tick();
  }

  /** One more conversation begins. */
  async add(): Promise<Person> {
    const number = this.#joined;
    const person = await this.join();
    this.#talks.push(this.#converse(person, number));
    return person;
  }

  /** Somebody who is paced with the others, but speaks when told to. */
  async join(): Promise<Person> {
    const number = this.#joined++;
    const person = await Person.join({ ...this.#options, room: `load-${number}`, name: `Person ${number}` });
    this.people.push(person);
    return person;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    for (const person of this.people) person.close();
    await Promise.all(this.#talks);
  }

  async #converse(person: Person, number: number): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#until(() => performance.now() - person.heardMs > QUIET_MS);
      await this.#wait(PAUSE_MS[0] + this.#random() * (PAUSE_MS[1] - PAUSE_MS[0]));
      if (signal.aborted) return;
      // Greeted, or answered late: listen first.
      if (performance.now() - person.heardMs < QUIET_MS) continue;
      const sentence = this.#speech[Math.floor(this.#random() * this.#speech.length)]!;
      const endMs = await person.say(sentence);
      if (endMs === undefined) return;
      person.listen();
      await this.#until(() => person.onsetMs !== undefined, ANSWER_MS);
      const { onsetMs } = person;
      if (onsetMs === undefined) {
        if (!signal.aborted) this.exchanges.push({ person: number, spokenS: 0, atMs: endMs });
        continue;
      }
      await this.#until(() => performance.now() - person.heardMs > QUIET_MS / 3, 60_000);
      if (signal.aborted) return;
      const spokenS = (person.heardMs - onsetMs) / 1000;
      const pictures = person.picturesBetween(onsetMs, person.heardMs);
      this.exchanges.push({
        person: number,
        voiceToVoiceMs: onsetMs - endMs,
        spokenS,
        atMs: endMs,
        ...(this.#options.video && spokenS > 0.8 && { picturesPerSecond: pictures / spokenS }),
      });
    }
  }

  /** 20 ms of everybody's microphone. */
  #tick(): void {
    const nowMs = performance.now();
    this.lateMs = Math.max(this.lateMs, nowMs - this.#nextMs);
    while (this.#nextMs <= nowMs) {
      for (const person of this.people) person.tick();
      this.#nextMs += FRAME_MS;
    }
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#nextMs - performance.now()));
  }

  async #until(check: () => boolean, timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!check() && performance.now() < endMs && !this.#stopped.signal.aborted) await this.#wait(CHECK_MS);
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return Promise.resolve();
    return new Promise(resolve => {
      const timer = setTimeout(done, ms);
      function done() {
        signal.removeEventListener('abort', done);
        clearTimeout(timer);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }
}
