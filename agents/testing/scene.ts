import { JobPerson } from '../../protocol/agents.ts';
import type { AnimationEvent } from '../../protocol/animation.ts';
import type { AgentState, LogEntry, TurnTiming } from '../../protocol/conversation.ts';
import type { Fact } from '../../protocol/memory.ts';
import type { VisemeEvent } from '../../protocol/timeline.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE, SPEECH_RATE } from '../base/rates.ts';
import { batched } from '../listen/batched.ts';
import type { SpeechToText, Transcript, VoiceActivity, VoiceActivityProvider } from '../listen/ports.ts';
import { AnimationStream } from '../perform/animation.ts';
import { followed } from '../perform/followed.ts';
import type { Mood, Performance, PerformanceCapabilities, Progress, SpokenChunk } from '../perform/port.ts';
import type { Responder } from '../respond/port.ts';
import { TextResponder } from '../respond/text.ts';
import type { Addressing } from '../session/floor/addressing.ts';
import { Session } from '../session/session.ts';
import type { Speech, TextToSpeech } from '../speak/ports.ts';
import type { Lesson } from '../think/memory.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../think/ports.ts';
import { VirtualClock } from './virtual-clock.ts';

const FRAME_MS = 20;
const FRAME = LISTEN_RATE / 50;
const WINDOW = 512;
/** Step between the samples that number the sayings: far above silence. */
const LOUD = 100;
/** From a turn's first sample to the first picture of its mouth. */
const SHOWN_MS = 40;

export const PERSONA: Persona = {
  id: 'test',
  name: 'Ollie',
  description: '',
  avatar: 'ollie',
  voice: 'test',
  greeting: 'Hello {name}.',
  instructions: '',
  script: '',
  speed: 1,
  pitch: 1,
};

interface Saying {
  startMs: number;
  endMs: number;
  text: string;
}

/**
 * Marks every sample of speech with the number of its saying: what the fake recognizer is given tells it what was
 * said, and the fake detector whether somebody speaks.
 */
class Mouth {
  readonly #sayings: Saying[];
  readonly #mine = new Set<Saying>();
  constructor(sayings: Saying[]) {
    this.#sayings = sayings;
  }
  say(saying: Saying): void {
    this.#sayings.push(saying);
    this.#mine.add(saying);
  }
  frame(atMs: number): Int16Array {
    const index = this.#sayings.findIndex(
      saying => this.#mine.has(saying) && atMs >= saying.startMs && atMs < saying.endMs,
    );
    return new Int16Array(FRAME).fill((index + 1) * LOUD);
  }
}

/** Speech is any sample that is not zero; held for two windows, like the real detector. */
export const fakeVad: VoiceActivityProvider = {
  open(onWindow): VoiceActivity {
    let rest: number[] = [];
    let position = 0;
    let hold = 0;
    return {
      push(pcm) {
        rest.push(...pcm);
        while (rest.length >= WINDOW) {
          const window = rest.slice(0, WINDOW);
          rest = rest.slice(WINDOW);
          position += WINDOW;
          hold = window.some(sample => sample !== 0) ? 2 : hold - 1;
          onWindow(hold > 0, position);
        }
      },
      close() {},
    };
  },
};

/** What a turn's speech went through. */
export interface Event {
  atMs: number;
  what: 'begin' | 'sound' | 'pause' | 'resume' | 'cancel' | 'done' | AgentState;
  turnId?: string;
}

export interface SceneOptions {
  /** How long a transcription takes. */
  asrMs?: number;
  /** The answer to what was said; may be an async generator that takes its time. */
  answer?: (conversation: Conversation, options: ReplyOptions) => AsyncIterable<ReplyPart> | string;
  ttsMs?: number;
  history?: LogEntry[];
  earlier?: LogEntry[];
  /** The history is another persona's. */
  arrives?: boolean;
  /** What is learned after a turn. */
  learn?: (lesson: Lesson) => Fact[] | Promise<Fact[]>;
  addressing?: Addressing;
  /** Whether the voice can be held. */
  pauses?: PerformanceCapabilities['pauses'];
  /** What of the persona is otherwise. */
  persona?: Partial<Persona>;
  /** Stands around who writes answers. */
  around?: (dialogue: Dialogue, clock: VirtualClock) => Dialogue;
  /** Another who answers, made from the usual one. */
  responder?: (usual: Responder) => Responder;
}

/** Ten words of fake speech last 3 s. */
const WORD_MS = 300;

/** A conversation in virtual time: scripted people, scripted providers, a performance that plays at real speed. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly events: Event[] = [];
  readonly log = new Map<string, LogEntry>();
  readonly timings: TurnTiming[] = [];
  readonly traces: TurnTrace[] = [];
  readonly asked: Conversation[] = [];
  readonly spoken: string[] = [];
  readonly learned: { identity: string; turnId: string; facts: Fact[] }[] = [];
  /** Of whom it was told that they seem to be in danger: the kind, and what they said. */
  readonly concerns: string[] = [];
  /** To whom the person was given. */
  readonly handovers: string[] = [];
  readonly session: Session;
  /** What animation subscribers are told, and when. */
  readonly animation: { atMs: number; event: AnimationEvent }[] = [];
  readonly #stream = new AnimationStream(this.clock, events => {
    for (const event of events) this.animation.push({ atMs: this.clock.nowMs(), event });
  });
  /** Everything that ever reached the avatar's voice, by turn. */
  readonly performed: { turnId: string; samples: number }[] = [];
  asrFails: ProviderError | undefined;
  asrMs: number;
  /** Everything anybody says; a sample of speech is the number of its saying. */
  readonly #sayings: Saying[] = [];
  readonly #mouths = new Map<string, Mouth>();
  #playing: { turnId: string; available: number; played: number; complete: boolean; paused: boolean } | undefined;
  #running = true;
  #mood: Mood | undefined;

  constructor(options: SceneOptions = {}) {
    this.asrMs = options.asrMs ?? 60;
    const dialogue: Dialogue = {
      name: 'scripted',
      reply: (conversation, replyOptions) => {
        this.asked.push(conversation);
        const answer = options.answer?.(conversation, replyOptions) ?? 'That is nice to hear.';
        return typeof answer === 'string' ? once(answer) : answer;
      },
    };
    const { clock } = this;
    const persona = { ...PERSONA, ...options.persona };
    const around = options.around?.(dialogue, clock) ?? dialogue;
    const usual = new TextResponder({ clock, tts: this.#tts(options.ttsMs ?? 40), dialogue: around, persona });
    let ids = 0;
    this.session = new Session(
      {
        clock,
        vad: fakeVad,
        recognizer: batched(this.#asr(), this.clock),
        responder: options.responder?.(usual) ?? usual,
        persona,
        ...(options.addressing !== undefined && { addressing: options.addressing }),
        learner: { learn: async lesson => options.learn?.(lesson) ?? [] },
        concern: (kind, said) => this.concerns.push(`${kind}: ${said.map(({ text }) => text).join(' ')}`),
        handover: to => this.handovers.push(to),
        learned: (identity, turnId, facts) => this.learned.push({ identity, turnId, facts }),
        performance: followed(this.#performance(options.pauses ?? 'exact'), this.#stream),
        view: {
          log: entry => this.log.set(entry.id, entry),
          unlog: id => this.log.delete(id),
          state: state => this.#event(state),
          timed: ({ timing, trace }) => {
            this.timings.push(timing);
            this.traces.push(trace);
          },
        },
        metrics: {
          interruption: () => {},
          utterance: () => {},
          continued: () => {},
          backchannel: () => {},
          providerError: () => {},
        },
        newId: () => `id-${++ids}`,
        report: () => {},
      },
      {
        identity: 'avatar',
        ...(options.history !== undefined && { history: options.history }),
        ...(options.earlier !== undefined && { earlier: options.earlier }),
        ...(options.arrives === true && { arrives: true }),
      },
    );
    this.#tick();
  }

  /** A person with an open microphone. */
  person(identity: string, name = identity, known: Partial<JobPerson> = {}): void {
    this.#mouths.set(identity, new Mouth(this.#sayings));
    this.session.joined(JobPerson.parse({ identity, name, ...known }));
    this.session.listen(identity, name);
  }

  /** Scripts what a person says from `startMs` from now on; returns when it ends. */
  say(
    identity: string,
    text: string,
    { startMs = 0, durationMs = text.split(' ').length * WORD_MS }: { startMs?: number; durationMs?: number } = {},
  ): number {
    const begin = this.clock.nowMs() + startMs;
    this.#mouths.get(identity)?.say({ startMs: begin, endMs: begin + durationMs, text });
    return begin + durationMs;
  }

  type(identity: string, text: string): void {
    const entry: LogEntry = {
      id: `typed-${this.clock.nowMs()}`,
      turnId: '',
      speaker: identity,
      speakerName: identity,
      role: 'user',
      source: 'text',
      text,
      final: true,
      atMs: this.clock.unixMs(),
    };
    this.log.set(entry.id, entry);
    this.session.typed(entry);
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** When the first thing of that kind happened at or after `sinceMs`. */
  when(what: Event['what'], sinceMs = 0): number | undefined {
    return this.events.find(event => event.what === what && event.atMs >= sinceMs)?.atMs;
  }

  /** Sound is heard now. */
  get sounding(): boolean {
    const playing = this.#playing;
    return playing !== undefined && !playing.paused && playing.played < playing.available;
  }

  get mood(): Mood | undefined {
    return this.#mood;
  }
  get face(): Mood['state'] | undefined {
    return this.#mood?.state;
  }

  /** The log as text, in order. */
  get transcript(): string[] {
    return [...this.log.values()].map(
      ({ speaker, text, final, interrupted }) =>
        `${speaker}: ${text}${final ? '' : ' …'}${interrupted === true ? ' (interrupted)' : ''}`,
    );
  }

  close(): void {
    this.#running = false;
    void this.session.close();
  }

  /** 20 ms of everybody's microphone and of the avatar's voice. */
  #tick(): void {
    if (!this.#running) return;
    this.clock.after(FRAME_MS, () => {
      this.#play();
      for (const [identity, mouth] of this.#mouths)
        this.session.hear(identity, mouth.frame(this.clock.nowMs() - FRAME_MS), true);
      this.#tick();
    });
  }

  #play(): void {
    const playing = this.#playing;
    if (playing === undefined || playing.paused) return;
    const { turnId } = playing;
    const before = playing.played;
    playing.played = Math.min(playing.available, before + (SPEECH_RATE * FRAME_MS) / 1000);
    const started = before === 0 && playing.played > 0;
    if (started) {
      this.#event('sound', turnId);
      this.clock.after(SHOWN_MS, () => this.session.shown(turnId));
    }
    if (playing.played > before) this.performed.push({ turnId, samples: playing.played - before });
    const done = playing.complete && playing.played === playing.available;
    if (done) {
      this.#playing = undefined;
      this.#event('done', turnId);
    }
    if (started || done || playing.played !== before)
      this.#progress({ turnId, samples: playing.played, dueUnixMs: this.clock.unixMs() + FRAME_MS, started, done });
  }

  #progress(progress: Progress): void {
    this.#stream.progress(progress);
    this.session.progress(progress);
  }

  #performance(pauses: PerformanceCapabilities['pauses']): Performance {
    const mine = (turnId: string) => (this.#playing?.turnId === turnId ? this.#playing : undefined);
    return {
      capabilities: { pauses, position: 'sample', mouth: 'ours' },
      begin: turnId => {
        this.#playing = { turnId, available: 0, played: 0, complete: false, paused: false };
        this.#event('begin', turnId);
      },
      speech: (turnId, chunk: SpokenChunk) => {
        const playing = mine(turnId);
        if (playing !== undefined) playing.available += chunk.pcm.length;
      },
      complete: turnId => {
        const playing = mine(turnId);
        if (playing !== undefined) playing.complete = true;
      },
      pause: turnId => {
        const playing = mine(turnId);
        if (playing === undefined || pauses !== 'exact') return;
        playing.paused = true;
        this.#event('pause', turnId);
      },
      resume: turnId => {
        const playing = mine(turnId);
        if (playing === undefined) return;
        playing.paused = false;
        this.#event('resume', turnId);
      },
      cancel: turnId => {
        if (mine(turnId) === undefined) return;
        this.#playing = undefined;
        this.#event('cancel', turnId);
      },
      mood: mood => {
        this.#mood = mood;
      },
    };
  }

  #asr(): SpeechToText {
    return {
      transcribe: async (pcm, { signal }): Promise<Transcript> => {
        if (this.asrFails !== undefined) throw this.asrFails;
        await this.clock.wait(this.asrMs);
        signal.throwIfAborted();
        return { text: this.#read(pcm) };
      },
    };
  }

  /** The words of the sayings that are in these samples, as far as they go. */
  #read(pcm: Int16Array): string {
    const lengths = new Map<number, number>();
    for (const sample of pcm) if (sample !== 0) lengths.set(sample / LOUD, (lengths.get(sample / LOUD) ?? 0) + 1);
    return [...lengths]
      .map(([number, samples]) => {
        const saying = this.#sayings[number - 1]!;
        const share = (samples * 1000) / LISTEN_RATE / (saying.endMs - saying.startMs);
        const words = saying.text.split(' ');
        return share > 0.97 ? saying.text : words.slice(0, Math.floor(words.length * share)).join(' ');
      })
      .filter(Boolean)
      .join(' ');
  }

  #tts(ttsMs: number): TextToSpeech {
    const { clock, spoken } = this;
    return {
      capabilities: { phones: false, voices: { known: ['test'], closed: true }, prosody: false },
      async *speak(sentence, { signal }): AsyncGenerator<Speech> {
        await clock.wait(ttsMs);
        signal.throwIfAborted();
        spoken.push(sentence);
        const words = sentence.match(/[\p{L}\p{N}']+/gu)?.length ?? 0;
        const wordSamples = (WORD_MS * SPEECH_RATE) / 1000;
        yield {
          text: sentence,
          sampleRate: SPEECH_RATE,
          pcm: new Int16Array(words * wordSamples),
          mouth: Array.from({ length: words }, (_, i) => openMouth(i * wordSamples, (i + 1) * wordSamples)),
        };
      },
      close: async () => {},
    };
  }

  #event(what: Event['what'], turnId?: string): void {
    this.events.push({ atMs: this.clock.nowMs(), what, ...(turnId !== undefined && { turnId }) });
  }
}

/** The mouth of one word. */
const openMouth = (startSample: number, endSample: number): VisemeEvent => ({
  viseme: 'aa',
  phoneme: 'aa',
  startSample,
  peakSample: (startSample + endSample) / 2,
  endSample,
  weight: 1,
  mouthOpen: 0.8,
});

async function* once(text: string): AsyncGenerator<ReplyPart> {
  yield { type: 'text', text };
}
