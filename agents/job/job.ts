import { randomUUID } from 'node:crypto';
import type { JobOffer, JobPerson } from '../../protocol/agents.ts';
import { isForAvatar, type LogEntry } from '../../protocol/conversation.ts';
import { steadyUnixMs, systemClock } from '../base/clock.ts';
import { Senses } from '../feel/senses.ts';
import type { Line, LineStats } from '../line/port.ts';
import { inLanguage } from '../listen/in-language.ts';
import { AnimationStream } from '../perform/animation.ts';
import { followed } from '../perform/followed.ts';
import { Session } from '../session/session.ts';
import { Tape } from '../tape/tape.ts';
import type { Persona } from '../think/ports.ts';
import { Carrier } from './carrier.ts';
import { type JobDeps, type JobLink, reasonOf } from './deps.ts';
import { Greeter } from './greeter.ts';
import { type About, Cast, type Guest, type GuestEvent } from './guest.ts';
import { Onlooker } from './onlooker.ts';
import { Wire } from './wire.ts';

/** One job: a conversation and all that takes part in it, wired together. */
export class JobRunner {
  readonly id: string;
  readonly #cast: Cast;
  readonly #carrier: Carrier;
  #closing: Promise<void> | undefined;

  /** Begins a job on its line, which it closes with itself. */
  static open(offer: JobOffer, persona: Persona, line: Line, deps: JobDeps, link: JobLink): JobRunner {
    const { jobId, identity, people, history, earlier } = offer;
    const { metrics, log } = deps;
    const report = (problem: string, error: unknown) => log.warn({ job: jobId, reason: reasonOf(error) }, problem);
    const wire = new Wire(jobId, link);
    const carrier = new Carrier(line, deps, jobId, face => wire.face(face));
    const tape = new Tape(deps.recordings, {
      clock: systemClock,
      persona,
      avatar: identity,
      over: () => wire.unrecorded(),
    });
    // Its instants are compared with those of the media thread.
    const animation = new AnimationStream({ unixMs: steadyUnixMs }, events => wire.animation(events));
    const senses = new Senses(
      {
        clock: systemClock,
        voice: deps.voiceSense,
        ...(persona.language !== undefined && { language: persona.language }),
        felt: (who, feeling) => cast.tell('felt', who, feeling),
        sensed: source => metrics.sensed(source),
        report,
      },
      jobId,
    );
    const onlooker = new Onlooker(deps, jobId, {
      reading: (who, reading) => senses.saw(who, reading),
      lost: (who, source) => line.ears.resee(who, source),
    });
    const session: Session = new Session(
      {
        clock: systemClock,
        vad: deps.vad,
        recognizer: inLanguage(deps.recognizer, persona.language),
        endOfTurn: deps.endOfTurn,
        endpointing: { ...deps.endpointing, patience: persona.patience },
        responder: deps.responder(persona),
        persona,
        greeting: deps.greeting,
        concern: (kind, said) =>
          deps.alarm.raise({ kind, room: offer.room, persona: persona.id }, said.map(({ text }) => text).join(' ')),
        handover: to => wire.handover(to),
        senses,
        look: (who, name, options) => onlooker.look(who, name, options),
        learner: deps.learner,
        ...(deps.summariser !== undefined && { summariser: deps.summariser }),
        learned: (...lesson) => wire.learned(...lesson),
        performance: followed(line.stage, animation),
        view: {
          log: entry => cast.tell('log', entry),
          unlog: entryId => cast.tell('unlog', entryId),
          state: state => cast.tell('state', state),
          timed: turn => cast.tell('timed', turn, session.history),
        },
        metrics: metrics.session,
        newId: randomUUID,
        report,
      },
      {
        identity,
        history: history.filter(isForAvatar),
        earlier: earlier.filter(isForAvatar),
        ...(offer.arrives === true && { arrives: true }),
      },
    );
    const greeter = new Greeter(() => cast.tell('greet', people[0]?.name ?? 'there'));
    // The server and the tape are told before the session answers; sound is taken down before the session keeps it.
    const cast: Cast = new Cast([wire, carrier, onlooker, feeling(senses), animation, tape, greeter, session]);
    const job = new JobRunner(jobId, cast, carrier);
    job.tell('conversation', offer.conversation);
    for (const person of people) job.joined(person);
    carrier.attach({
      sound: (who, pcm, audible) => cast.tell('hear', who, pcm, audible),
      saw: (who, source, frame) => cast.tell('saw', who, source, frame),
      progress: progress => cast.tell('progress', progress),
      shown: turnId => cast.tell('shown', turnId),
      failed: message => wire.failed(message),
    });
    return job;
  }

  private constructor(id: string, cast: Cast, carrier: Carrier) {
    this.id = id;
    this.#cast = cast;
    this.#carrier = carrier;
  }

  /** Something happened. Everybody it concerns hears of it once. */
  tell<E extends GuestEvent>(what: E, ...about: About<E>): void {
    this.#cast.tell(what, ...about);
  }

  /** What is for people only nobody here hears of, whoever sent it. */
  typed(entry: LogEntry): void {
    if (isForAvatar(entry)) this.tell('typed', entry);
  }

  joined(person: JobPerson): void {
    this.tell('joined', person);
    this.tell('consent', person.identity, person.consent);
  }

  /** Adds what the line counted since the last time to the host's figures, and tells it. */
  countMedia(): Promise<LineStats> {
    return this.#carrier.count();
  }

  close(): Promise<void> {
    this.#closing ??= this.#cast.close();
    return this.#closing;
  }
}

/** The senses as a guest. What they hear and read of a person comes from the session and from the eyes. */
const feeling = (senses: Senses): Guest => ({
  consent: (identity, consent) => senses.consent(identity, consent),
  left: identity => senses.left(identity),
  unsee: (identity, source) => {
    if (source === 'camera') senses.unseen(identity);
  },
  close: () => senses.close(),
});
