import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import {
  type FromHost,
  type FromHostName,
  type JobOffer,
  type JobPerson,
  type JobTrack,
  SightSource,
  type SightTrack,
} from '../protocol/agents.ts';
import type { LogEntry } from '../protocol/conversation.ts';
import { type Consent, DEFAULT_CONSENT } from '../protocol/feelings.ts';
import { steadyUnixMs, systemClock } from './base/clock.ts';
import { ProviderError } from './base/errors.ts';
import { Senses } from './feel/senses.ts';
import type { ConversationMedia } from './media/conversation-media.ts';
import type { LadderStep, Rung } from './media/ladder.ts';
import type { MediaStats } from './media/messages.ts';
import type { AgentParts } from './parts.ts';
import type { Performance } from './perform/port.ts';
import { TextResponder } from './respond/text.ts';
import { AnimationStream, together } from './session/animation.ts';
import { Session } from './session/session.ts';
import { Tape } from './tape/tape.ts';
import type { Persona } from './think/ports.ts';
import type { Sight } from './think/sight.ts';

/** After the first viewer is there, its decoder and jitter buffer get this long before they are spoken to. */
const GREET_AFTER_MS = 400;
/** Somebody who only types, or whose browser shows no video, is greeted all the same. */
const GREET_ANYWAY_MS = 4000;

/** Bit/s: with less the encoder cannot be opened. */
const LEAST_BITRATE = 50_000;
/** Times the configured bitrate: above this a face gets no better. */
const MOST_BITRATE = 2;

export interface JobLink {
  send<N extends FromHostName>(name: N, payload: FromHost<N>): void;
  failed(message: string): void;
}

/** One job: a session and its media, wired together. */
export class JobRunner {
  readonly id: string;
  readonly session: Session;
  readonly #media: ConversationMedia;
  readonly #parts: AgentParts;
  #greetTimer: NodeJS.Timeout;
  #greeted = false;
  readonly #firstPerson: string;
  readonly #senses: Senses;
  readonly #recorder: Tape;
  /** Cameras and screens that arrive. */
  readonly #seen = new Set<string>();
  readonly #consents = new Map<string, Consent>();
  #counted: MediaStats | undefined;
  /** How much the face does. */
  #rung: Rung = 'full';

  constructor(
    offer: JobOffer,
    persona: Persona,
    media: ConversationMedia,
    parts: AgentParts,
    log: Logger,
    link: JobLink,
  ) {
    this.id = offer.jobId;
    this.#media = media;
    this.#parts = parts;
    this.#firstPerson = offer.people[0]?.name ?? 'there';
    const { jobId } = offer;
    const over = () => link.send('job.unrecorded', { jobId });
    this.#recorder = new Tape(parts.recordings, { clock: systemClock, persona, avatar: offer.identity, over });
    // Its instants are compared with those of the media thread.
    const animation = new AnimationStream({ unixMs: steadyUnixMs }, events =>
      link.send('job.animation', { jobId, events }),
    );
    this.#senses = new Senses(
      {
        clock: systemClock,
        voice: parts.voiceSense,
        ...(persona.language !== undefined && { language: persona.language }),
        felt: (identity, feeling) => {
          this.session.felt(identity, feeling);
          link.send('job.feeling', { jobId, identity, feeling });
        },
        sensed: source => parts.metrics.sensed(source),
        report: (problem, error) => log.warn({ job: jobId, reason: reasonOf(error) }, problem),
      },
      jobId,
    );
    this.session = new Session(
      {
        clock: systemClock,
        vad: parts.recognizer,
        asr: parts.asr,
        responder: new TextResponder({ clock: systemClock, tts: parts.tts, dialogue: parts.dialogue, persona }),
        persona,
        senses: this.#senses,
        look: (identity, name, options) => this.#sights(identity, name, options),
        learner: parts.learner,
        ...(parts.summariser !== undefined && { summariser: parts.summariser }),
        learned: (identity, turnId, facts, revision) =>
          link.send('job.facts', { jobId, identity, turnId, facts, revision }),
        performance: together(animation, perform(media)),
        view: {
          log: entry => {
            link.send('job.log', { jobId, entry });
            this.#recorder.log(entry);
          },
          unlog: entryId => link.send('job.unlog', { jobId, entryId }),
          state: state => link.send('job.state', { jobId, state }),
          timed: turn => {
            link.send('job.timing', { jobId, ...turn });
            this.#recorder.timed(turn.trace, this.session.history);
          },
        },
        metrics: parts.metrics.session,
        newId: randomUUID,
        report: (problem, error) => log.warn({ job: jobId, reason: reasonOf(error) }, problem),
      },
      { identity: offer.identity, history: offer.history, earlier: offer.earlier },
    );
    this.#recorder.conversation(offer.conversation);
    for (const person of offer.people) this.joined(person);
    media.attach({
      heard: (identity, pcm, audible) => {
        this.#recorder.heard(identity, pcm, audible);
        this.session.heard(identity, pcm, audible);
      },
      saw: (identity, source, frame) => parts.eyes.push(this.#stream(identity, source), frame),
      progress: progress => {
        animation.progress(progress);
        this.session.progress(progress);
      },
      shown: turnId => this.session.shown(turnId),
      faceStepped: step => {
        log.info({ job: jobId, ...step }, step.direction === 'down' ? 'the face does with less' : 'the face does more');
        this.#stepped(step);
      },
      faceReplaced: (reason, message) => {
        log.warn({ job: jobId, reason, message }, 'the face was lost; another takes over');
        parts.metrics.faceReplaced(reason);
        parts.metrics.workerRestarted('face');
      },
      failed: message => link.failed(message),
    });
    this.#greetTimer = setTimeout(() => this.#greet(), GREET_ANYWAY_MS);
    parts.metrics.jobBegan();
    parts.metrics.faceLevel(this.#rung, 1);
  }

  connect(ip: string, port: number): void {
    this.#media.send({ type: 'connect', ip, port });
  }

  joined(person: JobPerson): void {
    this.session.joined(person);
    this.#recorder.joined(person);
    this.consent(person.identity, person.consent);
  }

  /** What a person lets be noticed of them: it holds from this moment on, whatever is on its way. */
  consent(identity: string, consent: Consent): void {
    this.#consents.set(identity, consent);
    this.#senses.consent(identity, consent);
    this.#recorder.consent(identity, consent.recording);
    for (const source of SightSource.options)
      if (this.#seen.has(this.#stream(identity, source))) this.#look(identity, source);
  }

  see({ identity, source, ssrc }: SightTrack): void {
    this.#seen.add(this.#stream(identity, source));
    this.#look(identity, source);
    this.#media.send({ type: 'see', identity, source, ssrc });
  }

  unsee(identity: string, source: SightSource): void {
    this.#media.send({ type: 'unsee', identity, source });
    if (!this.#seen.delete(this.#stream(identity, source))) return;
    this.#parts.eyes.shut(this.#stream(identity, source));
    if (source === 'camera') this.#senses.unseen(identity);
  }

  listen({ identity, name, ssrc }: JobTrack): void {
    this.#media.send({ type: 'listen', identity, ssrc });
    this.#recorder.listen(identity);
    this.session.listen(identity, name);
  }

  unlisten(identity: string): void {
    this.#media.send({ type: 'unlisten', identity });
    this.#recorder.unlisten(identity);
    this.session.unlisten(identity);
  }

  left(identity: string): void {
    this.#media.send({ type: 'unlisten', identity });
    for (const source of SightSource.options) this.unsee(identity, source);
    this.#senses.left(identity);
    this.#consents.delete(identity);
    this.#recorder.left(identity);
    this.session.left(identity);
  }

  /** A typed message. */
  typed(entry: LogEntry): void {
    this.#recorder.typed(entry);
    this.session.typed(entry);
  }

  /** Which conversation goes on: recordings belong to one. */
  conversation(id: string | undefined): void {
    this.#recorder.conversation(id);
  }

  viewers(count: number, bitrate: number): void {
    const most = this.#media.face.bitrate * MOST_BITRATE;
    this.#media.send({ type: 'viewers', count, bitrate: Math.max(LEAST_BITRATE, Math.min(bitrate, most)) });
    if (count === 0 || this.#greeted) return;
    clearTimeout(this.#greetTimer);
    this.#greeted = true;
    this.#greetTimer = setTimeout(() => this.#sayHello(), GREET_AFTER_MS);
  }

  /** Adds what the media threads counted since the last time to the host's figures, and tells it. */
  async countMedia(): Promise<MediaStats> {
    const stats = await this.#media.stats();
    this.#parts.metrics.media(stats, this.#counted);
    this.#counted = stats;
    return stats;
  }

  async close(): Promise<void> {
    clearTimeout(this.#greetTimer);
    this.#parts.metrics.jobEnded();
    this.#parts.metrics.faceLevel(this.#rung, -1);
    const learned = this.session.close();
    this.#senses.close();
    for (const stream of this.#seen) this.#parts.eyes.shut(stream);
    await Promise.all([this.#media.close(), learned, this.#recorder.close()]);
  }

  #stepped({ rung, direction }: LadderStep): void {
    const { metrics } = this.#parts;
    metrics.faceStepped(rung, direction);
    metrics.faceLevel(this.#rung, -1);
    metrics.faceLevel(rung, 1);
    this.#rung = rung;
  }

  /** What a person shows now, with their consent: pictures of this moment, kept nowhere. */
  async #sights(identity: string, name: string, options: { signal: AbortSignal }): Promise<Sight[]> {
    if (this.#consents.get(identity)?.sight !== true) return [];
    const sights = SightSource.options.map(async source => {
      const jpeg = await this.#parts.eyes.look(this.#stream(identity, source), options);
      return jpeg === undefined ? [] : [{ identity, name, source, jpeg }];
    });
    return (await Promise.all(sights)).flat();
  }

  /** Opens a stream for what its person allows. */
  #look(identity: string, source: SightSource): void {
    const stream = this.#stream(identity, source);
    const { feelings } = this.#consents.get(identity) ?? DEFAULT_CONSENT;
    this.#parts.eyes.open(stream, feelings && source === 'camera', {
      reading: reading => this.#senses.saw(identity, reading),
      lost: () => this.#media.send({ type: 'resee', identity, source }),
    });
  }

  /** Name of a stream among those of all conversations. */
  #stream(identity: string, source: SightSource): string {
    return `${this.id}/${source}/${identity}`;
  }

  #greet(): void {
    if (this.#greeted) return;
    this.#greeted = true;
    this.#sayHello();
  }

  #sayHello(): void {
    this.#recorder.greet(this.#firstPerson);
    this.session.greet(this.#firstPerson);
  }
}

/** Not an endpoint's message: it may repeat what was said [P1]. */
const reasonOf = (error: unknown): string =>
  error instanceof ProviderError ? `${error.category} error of a provider` : String(error);

/** The session's performance, carried out by the media threads. */
const perform = (media: ConversationMedia): Performance => ({
  begin: turnId => media.send({ type: 'begin', turnId }),
  speech: (turnId, { pcm, events }) =>
    media.send({ type: 'speech', turnId, pcm, timeline: { turnId, events } }, [pcm.buffer as ArrayBuffer]),
  complete: turnId => media.send({ type: 'complete', turnId }),
  pause: turnId => media.send({ type: 'pause', turnId }),
  resume: turnId => media.send({ type: 'resume', turnId }),
  cancel: turnId => media.send({ type: 'cancel', turnId }),
  mood: mood => media.send({ type: 'mood', mood }),
});
