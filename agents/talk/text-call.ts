import { randomUUID } from 'node:crypto';
import { JobPerson } from '../../protocol/agents.ts';
import type { LogEntry } from '../../protocol/conversation.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Fact } from '../../protocol/memory.ts';
import type { Emotion } from '../../protocol/timeline.ts';
import type { Clock } from '../base/clock.ts';
import type { Recognizer, VoiceActivityProvider } from '../listen/ports.ts';
import { TextResponder } from '../respond/text.ts';
import { Session } from '../session/session.ts';
import type { Learner, Summariser } from '../think/memory.ts';
import type { Dialogue, Persona } from '../think/ports.ts';
import { SilentStage, silentVoice } from './silent.ts';

const AVATAR = 'avatar';
const PERSON = 'person';

/** Nobody speaks: there is nothing to hear. */
const nothingHeard: VoiceActivityProvider = { open: () => ({ push: () => {}, close: () => {} }) };
const nothingRead: Recognizer = {
  capabilities: { partials: 'cheap', words: false },
  open: () => {
    throw new Error('nobody has a microphone here');
  },
};

export interface TextCallDeps {
  persona: Persona;
  dialogue: Dialogue;
  clock: Clock;
  /** With `learned`: what is found out about the person is told. Absent: nobody takes notes. */
  learner?: Learner;
  learned?(facts: Fact[]): void;
  summariser?: Summariser;
  /** What is known of the person from before. */
  memories?: readonly Fact[];
  /** What somebody new is greeted with; by default the persona's own greeting. */
  greeting?(persona: Persona): string;
  /** Another persona is to take over. */
  handover?(to: string): void;
  /** What was said before, to another persona. */
  history?: readonly LogEntry[];
  /** Told what failed; the conversation goes on as a call would. */
  report(problem: string, error: unknown): void;
}

/** What was said, and the feeling that the avatar showed with it. */
export interface Line {
  entry: LogEntry;
  feeling?: Emotion;
}

/** A call that is only typed and read: the session of a call, without anything that is heard or seen. */
export class TextCall {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #stage: SilentStage;
  readonly #lines: Line[] = [];
  #over: (() => void) | undefined;
  #firstAnswerMs: number | undefined;

  constructor(name: string, deps: TextCallDeps) {
    const { persona, dialogue, clock, learner, learned, summariser, memories = [], report } = deps;
    const { greeting, handover, history = [] } = deps;
    this.#clock = clock;
    this.#name = name.slice(0, LIMITS.nameLength);
    this.#stage = new SilentStage(progress => this.#session.progress(progress));
    this.#session = new Session(
      {
        clock,
        vad: nothingHeard,
        recognizer: nothingRead,
        responder: new TextResponder({ clock, tts: silentVoice, dialogue, persona }),
        persona,
        learner: learner ?? { learn: async () => [] },
        ...(summariser !== undefined && { summariser }),
        learned: (_identity, _turnId, facts) => learned?.(facts),
        ...(greeting !== undefined && { greeting }),
        ...(handover !== undefined && { handover }),
        performance: this.#stage,
        view: {
          log: entry => {
            if (entry.final) this.#lines.push({ entry, ...this.#feeling() });
          },
          unlog: () => {},
          state: () => {},
          timed: ({ timing }) => {
            this.#firstAnswerMs = timing.sounded ? timing.voiceToVoiceMs : undefined;
            this.#over?.();
          },
        },
        metrics: {
          interruption: () => {},
          utterance: () => {},
          continued: () => {},
          backchannel: () => {},
          providerError: () => {},
        },
        newId: randomUUID,
        report,
      },
      { identity: AVATAR, ...(history.length > 0 && { history, arrives: true }) },
    );
    const person = { identity: PERSON, name: this.#name, remember: learned !== undefined, memories: [...memories] };
    this.#session.joined(JobPerson.parse(person));
  }

  /** From the person's words to the first of the latest answer, ms; undefined, where there was none. */
  get firstAnswerMs(): number | undefined {
    return this.#firstAnswerMs;
  }

  /** What whoever joins is greeted with. */
  greeted(): Promise<Line[]> {
    return this.#turn(() => this.#session.greet(this.#name));
  }

  /** Says a line; what was said and answered, once the answer has been heard to its end. */
  async say(text: string): Promise<Line[]> {
    const id = randomUUID();
    const entry: LogEntry = {
      id,
      turnId: id,
      speaker: PERSON,
      speakerName: this.#name,
      role: 'user',
      source: 'text',
      text: text.slice(0, LIMITS.entryLength),
      final: true,
      atMs: this.#clock.unixMs(),
    };
    const answer = await this.#turn(() => this.#session.typed(entry));
    return [{ entry }, ...answer];
  }

  /** Resolves when what was said last has been learned from. */
  close(): Promise<void> {
    this.#over?.();
    return this.#session.close();
  }

  async #turn(begin: () => void): Promise<Line[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#over = resolve;
    begin();
    await promise;
    this.#over = undefined;
    return this.#lines.splice(0);
  }

  #feeling(): { feeling?: Emotion } {
    return this.#stage.emotion === 'neutral' ? {} : { feeling: this.#stage.emotion };
  }
}
