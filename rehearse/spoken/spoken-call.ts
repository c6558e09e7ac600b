import { randomUUID } from 'node:crypto';
import type { Notice } from '../../protocol/signaling.ts';
import { Person } from '../../test/harness/person.ts';
import { request } from '../../test/harness/socket.ts';
import { encodeSilence } from '../../test/harness/speech.ts';
import { type Call, CallError, type CallerLine, type CallOptions, type Exchange, written } from '../call/port.ts';
import { CallLog } from './log.ts';
import { Microphone, noiseFor } from './microphone.ts';
import { SoundTimes } from './sound-times.ts';
import type { CallerVoices } from './voices.ts';

const FRAME_MS = 20;
const CHECK_MS = 20;
/** An answer that has not begun by then does not come; the first waits for a host that is only just there. */
const ANSWER_MS = 20_000;
const GREETING_MS = 60_000;
/** Another persona that is to take over has come and spoken by then. */
const TAKE_OVER_MS = 20_000;
/** Nobody talks longer than this. */
const LONGEST_MS = 120_000;
/** The avatar's latest sound is no longer ago than this while it speaks. */
const SPEAKING_MS = 60;
/** It has said what it had to say. */
const QUIET_MS = 1200;
/** And this even where nothing was written down of it. */
const LONG_QUIET_MS = 6000;
/** Before the caller goes on. */
const THINKS_MS = [300, 1100] as const;
/** How loud a caller is, is measured with this. */
const SAMPLE = 'Good morning, this is how I usually speak.';
const LEAVE_MS = 1000;

export interface SpokenCallDeps {
  url: string;
  voices: CallerVoices;
  /** Who may answer. */
  personas: readonly { id: string; name: string }[];
}

/** A call by somebody with a WebRTC stack of their own, who speaks and hears at the speed of speech. */
export class SpokenCall implements Call {
  readonly how = 'spoken';
  readonly #options: CallOptions;
  readonly #voices: CallerVoices;
  readonly #voice: string;
  readonly #person: Person;
  readonly #microphone: Microphone;
  readonly #log: CallLog;
  readonly #sounds = new SoundTimes();
  #state: Notice<'agent.state'>['state'] = 'joining';
  #nextMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Joins a room of the caller's own. Everything that may be said is spoken before, so that it waits for nothing then. */
  static async open({ url, voices, personas }: SpokenCallDeps, options: CallOptions): Promise<SpokenCall> {
    const { sound, persona, callerName: name, lines, random, signal } = options;
    const voice = voices.voiceFor(sound.voice, persona.voice);
    for (const line of lines) await voices.say(voice, line, signal);
    const noise = sound.noise && noiseFor(sound.noise, await voices.say(voice, SAMPLE, signal));
    const microphone = await Microphone.open(noise, random);
    const log = new CallLog(personas);
    try {
      const person = await Person.join({
        url,
        room: `rehearsal-${randomUUID()}`,
        name,
        persona: persona.id,
        silence: await encodeSilence(),
        microphone: () => microphone.frame(),
        video: false,
        talks: true,
      });
      return new SpokenCall(options, { voices, voice, person, microphone, log });
    } catch (error) {
      microphone.close();
      throw new CallError(`the caller could not join: ${(error as Error).message}`);
    }
  }

  private constructor(
    options: CallOptions,
    parts: { voices: CallerVoices; voice: string; person: Person; microphone: Microphone; log: CallLog },
  ) {
    this.#options = options;
    ({ voices: this.#voices, voice: this.#voice, person: this.#person } = parts);
    ({ microphone: this.#microphone, log: this.#log } = parts);
    const { socket, log } = this.#person;
    for (const entry of log) this.#log.told(entry);
    socket.on('log.entry', ({ entry }: Notice<'log.entry'>) => this.#log.told(entry));
    socket.on('log.removed', ({ entryId }: Notice<'log.removed'>) => this.#log.takenBack(entryId));
    socket.on('agent.state', ({ state }: Notice<'agent.state'>) => {
      this.#state = state;
    });
    socket.on('animation', ({ events }: Notice<'animation'>) => {
      for (const event of events)
        if (event.type === 'expression' && event.turn_id !== undefined) this.#log.felt(event.turn_id, event.emotion);
    });
    this.#tick();
  }

  async greeted(interruptedAfterMs: number | undefined): Promise<Exchange> {
    await request(this.#person.socket, 'animation.subscribe', {}).catch(() => {});
    await this.#answered(0, 'a greeting', GREETING_MS, interruptedAfterMs);
    return this.#exchange(0);
  }

  async say({ text, interrupts, interruptedAfterMs, answeredBy }: CallerLine): Promise<Exchange> {
    const { random, signal } = this.#options;
    const pcm = await this.#voices.say(this.#voice, text, signal);
    const [least, most] = THINKS_MS;
    if (!interrupts) await this.#wait(least + (most - least) * random());
    const isSpokenTo = this.#sounds.isSounding(performance.now());
    const line = this.#log.nextLine();
    const said = await this.#ended(this.#microphone.say(pcm));
    const over = this.#sounds.during(said);
    const spokenOverMs = this.#log.isSpokenTo(line) ? over.forMs : 0;
    this.#person.listen();
    const quietAtEnd = !this.#sounds.isSounding(said.endedMs);
    await this.#answered(line, `an answer to "${written(text)}"`, ANSWER_MS, interruptedAfterMs);
    if (answeredBy !== undefined && interruptedAfterMs === undefined) await this.#takenOver(line, answeredBy);
    return this.#exchange(line, {
      line: written(text),
      ...(quietAtEnd && { latencyMs: this.#person.onsetMs! - said.endedMs }),
      ...(interrupts ? isSpokenTo && { silentAfterMs: over.lastAfterMs } : { spokenOverMs }),
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const left = request(this.#person.socket, 'leave', {}).catch(() => {});
    await Promise.race([left, new Promise(resolve => setTimeout(resolve, LEAVE_MS))]);
    this.#person.close();
    this.#microphone.close();
  }

  /** What came of a line; what the answer is, and what was heard, is read of the log whenever it is asked for. */
  #exchange(line: number, figures: Partial<Exchange> = {}): Exchange {
    const log = this.#log;
    return {
      ...figures,
      get answer() {
        return log.answerTo(line);
      },
      get heard() {
        return line === 0 ? undefined : log.heardOf(line);
      },
    };
  }

  /** Resolves when the avatar has begun, and is through or has been heard for so long. */
  async #answered(line: number, what: string, withinMs: number, interruptedAfterMs: number | undefined): Promise<void> {
    await this.#until(what, withinMs, () => this.#person.onsetMs !== undefined);
    // In the midst of its words: between two sentences there is nothing to interrupt.
    const isHeard = () =>
      performance.now() - this.#person.onsetMs! >= (interruptedAfterMs ?? Number.POSITIVE_INFINITY) &&
      performance.now() - this.#person.heardMs < SPEAKING_MS;
    await this.#until(`the end of ${what}`, LONGEST_MS, () => isHeard() || this.#isOver(line));
  }

  /** Waits for a persona to have the last word, where another had it. Where they do not come, the rules say so. */
  async #takenOver(line: number, persona: string): Promise<void> {
    const endMs = performance.now() + TAKE_OVER_MS;
    const isThere = () => this.#log.answerTo(line).at(-1)?.persona === persona;
    while (!(isThere() && this.#isOver(line)) && performance.now() < endMs) await this.#wait(CHECK_MS);
  }

  #isOver(line: number): boolean {
    const isBusy = this.#state === 'speaking' || this.#state === 'thinking';
    const quietMs = performance.now() - this.#person.heardMs;
    return !isBusy && (quietMs > LONG_QUIET_MS || (quietMs > QUIET_MS && this.#log.isAnswered(line)));
  }

  /** 20 ms of the microphone, and whether the avatar is heard. */
  #tick(): void {
    const nowMs = performance.now();
    while (this.#nextMs <= nowMs) {
      this.#person.tick();
      this.#nextMs += FRAME_MS;
    }
    this.#sounds.heard(this.#person.heardMs);
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#nextMs - performance.now()));
  }

  async #until(what: string, withinMs: number, check: () => boolean): Promise<void> {
    const endMs = performance.now() + withinMs;
    while (!check()) {
      if (performance.now() > endMs) throw new CallError(`waited ${withinMs / 1000} s in vain for ${what}`);
      await this.#wait(CHECK_MS);
    }
  }

  #wait(ms: number): Promise<void> {
    return this.#ended(new Promise<void>(resolve => setTimeout(resolve, ms)));
  }

  /** Rejects once the signal is aborted. */
  async #ended<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', abort));
  }
}
