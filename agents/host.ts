import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Logger } from 'pino';
import { io, type Socket } from 'socket.io-client';
import {
  AGENTS_NAMESPACE,
  AGENTS_VERSION,
  type FromHost,
  type FromHostName,
  type HostStatus,
  type JobAnswer,
  JobOffer,
  type ToHost,
  type ToHostName,
  toHost,
  type VoiceSaid,
} from '../protocol/agents.ts';
import type { OwnVoiceMade } from '../protocol/own-voice.ts';
import { type JobDeps, reasonOf } from './job/deps.ts';
import { JobRunner } from './job/job.ts';
import { type ConversationMedia, MediaPool } from './media/conversation-media.ts';
import { RtpLine } from './media/rtp-line.ts';
import type { AgentParts } from './parts.ts';

/** As the media threads ask for pictures. */
const FRAME_RATE = 25;
const STATUS_EVERY_MS = 2000;
const RECONNECT_MS = 3000;
/** A greeting that takes longer is given up. */
const HELLO_MS = 8000;
/** Hearing a minute of sound, and a vendor who makes a voice of it. */
const OWN_VOICE_MS = 90_000;
const FORGET_MS = 20_000;

/** Messages that concern one job. */
type JobMessage = {
  [N in ToHostName]: ToHost<N> extends { jobId: string } ? N : never;
}[ToHostName];

/** What jobs get of what the host has. */
const jobDeps = (parts: AgentParts, log: Logger): JobDeps => ({
  vad: parts.vad,
  recognizer: parts.recognizer,
  ...(parts.endOfTurn !== undefined && { endOfTurn: parts.endOfTurn }),
  endpointing: parts.endpointing,
  responder: parts.responder,
  alarm: parts.alarm,
  greeting: parts.greeting,
  learner: parts.learner,
  ...(parts.summariser !== undefined && { summariser: parts.summariser }),
  voiceSense: parts.voiceSense,
  eyes: parts.eyes,
  ...(parts.faces !== undefined && { faces: parts.faces }),
  recordings: parts.recordings,
  metrics: parts.metrics,
  log,
});

/** One agent host: connected to a server, carrying jobs. */
export class AgentHost {
  readonly #parts: AgentParts;
  readonly #log: Logger;
  readonly #jobDeps: JobDeps;
  readonly #socket: Socket;
  readonly #pool: MediaPool;
  readonly #jobs = new Map<string, JobRunner>();
  /** Offers that are being answered: they count, and may be taken back. */
  readonly #offers = new Set<string>();
  readonly #statusTimer: NodeJS.Timeout;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #avatarReady = false;
  #draining = false;

  constructor(parts: AgentParts, log: Logger) {
    this.#parts = parts;
    this.#log = log;
    this.#jobDeps = jobDeps(parts, log);
    const { environment, config } = parts;
    this.#pool = new MediaPool({
      listenIp: config.mediaIp,
      face: { rig: this.#rig(parts.defaultPersona.avatar), frameRate: FRAME_RATE, ...config.face },
    });
    this.#pool.ready.then(
      () => {
        this.#avatarReady = true;
        this.#sendStatus();
      },
      error => {
        // Whoever started this host starts another.
        log.fatal({ reason: String(error) }, 'the avatar cannot be drawn');
        process.exitCode = 1;
        void this.close().then(() => process.exit(1));
      },
    );
    this.#socket = io(`${environment.serverUrl}${AGENTS_NAMESPACE}`, {
      transports: ['websocket'],
      reconnectionDelay: 200,
      reconnectionDelayMax: 2000,
      // The server that spawned this host may use a certificate of its own making; others' must be valid.
      rejectUnauthorized: environment.parentPid === undefined,
      auth: {
        version: AGENTS_VERSION,
        secret: environment.hostSecret,
        hostId: environment.hostId ?? `host-${randomUUID().slice(0, 8)}`,
        capacity: parts.capacity,
        standby: environment.standby,
        personas: parts.personas
          .values()
          .sort((a, b) => Number(b.id === config.defaultPersona) - Number(a.id === config.defaultPersona))
          .map(({ id, name, description, avatar, expertise }) => ({ id, name, description, avatar, expertise })),
        avatars: parts.avatars.list(),
        ownVoices: parts.ownVoices.possible,
        ...(parts.cloning.vendor !== undefined && {
          cloning: { vendor: parts.cloning.vendor, languages: parts.languages },
        }),
      },
    });
    this.#socket.on('connect', () => this.#sendStatus());
    this.#socket.on('connect_error', error => {
      log.warn({ reason: error.message }, 'cannot connect to the server');
      // After a refusal (a wrong secret, another version) the library would not try again.
      if (!this.#socket.active) this.#reconnectTimer = setTimeout(() => this.#socket.connect(), RECONNECT_MS);
    });
    this.#socket.on('disconnect', () => {
      // The server has given these rooms to somebody else, or is gone with them.
      this.#offers.clear();
      for (const job of [...this.#jobs.values()]) void this.#endJob(job, 'the server is gone');
    });
    this.#serve();
    parts.readiness.onChange(() => this.#sendStatus());
    this.#statusTimer = setInterval(() => this.#sendStatus(), STATUS_EVERY_MS);
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  /** No new jobs; resolves when the present ones have ended or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    this.#sendStatus();
    const untilMs = performance.now() + timeoutMs;
    while (this.#jobs.size > 0 && this.#socket.connected && performance.now() < untilMs)
      await new Promise(resolve => setTimeout(resolve, 50));
  }

  async close(): Promise<void> {
    clearInterval(this.#statusTimer);
    clearTimeout(this.#reconnectTimer);
    this.#offers.clear();
    await Promise.all([...this.#jobs.values()].map(job => this.#endJob(job, 'the host is closing')));
    this.#socket.disconnect();
    await this.#pool.close();
  }

  #serve(): void {
    this.#socket.on('job.offer', async (payload: unknown, acknowledge: (answer: JobAnswer) => void) => {
      try {
        acknowledge(await this.#offered(JobOffer.parse(payload)));
      } catch (error) {
        this.#log.error({ reason: String(error) }, 'a job could not be taken');
        acknowledge({ accepted: false, reason: 'the host failed to start it' });
      }
    });
    this.#onJob('job.media', (job, { ip, port }) => job.tell('connect', ip, port));
    this.#onJob('job.listen', (job, { microphone }) =>
      job.tell('listen', microphone.identity, microphone.name, microphone),
    );
    this.#onJob('job.unlisten', (job, { identity }) => job.tell('unlisten', identity));
    this.#onJob('job.joined', (job, { person }) => job.joined(person));
    this.#onJob('job.consent', (job, { identity, consent }) => job.tell('consent', identity, consent));
    this.#onJob('job.hush', job => job.tell('hush'));
    this.#onJob('job.motion', (job, { reduced }) => job.tell('motion', reduced));
    this.#onJob('job.sight', (job, { track }) => job.tell('see', track));
    this.#onJob('job.unsight', (job, { identity, source }) => job.tell('unsee', identity, source));
    this.#onJob('job.left', (job, { identity }) => job.tell('left', identity));
    this.#onJob('job.text', (job, { entry }) => job.typed(entry));
    this.#onJob('job.conversation', (job, { conversation }) => job.tell('conversation', conversation));
    this.#onJob('job.memories', (job, { identity, ...memories }) => job.tell('remembered', identity, memories));
    this.#onJob('job.struck', (job, { entries }) => job.tell('strike', new Set(entries)));
    this.#onJob('job.viewers', (job, { count, bitrate }) => job.tell('viewers', count, bitrate));
    this.#on('recording.erase', ({ conversation, only }) => {
      const failed = (error: unknown) =>
        this.#log.error({ conversation, reason: String(error) }, 'a recording is not erased');
      this.#parts.recordings.erase(conversation, only).catch(failed);
    });
    this.#on('job.end', ({ jobId, reason }) => {
      this.#offers.delete(jobId);
      const job = this.#jobs.get(jobId);
      if (job !== undefined) void this.#endJob(job, reason);
    });
    this.#socket.on('voice.hello', async (payload: unknown, acknowledge: (said: VoiceSaid) => void) => {
      try {
        const wished = toHost['voice.hello'].parse(payload);
        const wav = await this.#parts.ownVoices.hello(wished, AbortSignal.timeout(HELLO_MS));
        acknowledge(wav === undefined ? { said: false, busy: true } : { said: true, wav });
      } catch (error) {
        this.#log.warn({ reason: reasonOf(error) }, 'no hello could be said');
        acknowledge({ said: false, busy: false });
      }
    });
    this.#socket.on('own-voice.make', async (payload: unknown, acknowledge: (made: OwnVoiceMade) => void) => {
      try {
        const asked = toHost['own-voice.make'].parse(payload);
        acknowledge(await this.#parts.cloning.make(asked, AbortSignal.timeout(OWN_VOICE_MS)));
      } catch (error) {
        this.#log.warn({ reason: reasonOf(error) }, 'no voice could be made of a recording');
        acknowledge({ made: false, why: 'failed' });
      }
    });
    this.#socket.on('own-voice.forget', async (payload: unknown, acknowledge: (gone: boolean) => void) => {
      try {
        const which = toHost['own-voice.forget'].parse(payload);
        await this.#parts.cloning.forget(which, AbortSignal.timeout(FORGET_MS));
        acknowledge(true);
      } catch (error) {
        this.#log.warn({ reason: reasonOf(error) }, 'a voice could not be removed at its vendor; it is tried again');
        acknowledge(false);
      }
    });
    this.#socket.on('pulse', (_payload: unknown, acknowledge: () => void) => acknowledge());
    this.#socket.on('metrics', async (_payload: unknown, acknowledge: (figures: unknown) => void) => {
      const counted = await Promise.allSettled([...this.#jobs.values()].map(job => job.countMedia()));
      this.#parts.metrics.mediaNow(counted.flatMap(each => (each.status === 'fulfilled' ? [each.value] : [])));
      acknowledge(await this.#parts.metrics.registry.getMetricsAsJSON());
    });
  }

  /** Admission control: a job is taken only where it can be carried. */
  async #offered(offer: JobOffer): Promise<JobAnswer> {
    const { capacity, personas, avatars } = this.#parts;
    if (this.#draining) return { accepted: false, reason: 'draining' };
    if (this.#jobs.size + this.#offers.size >= capacity)
      return { accepted: false, reason: `all ${capacity} places are taken` };
    const persona = personas.get(offer.persona ?? '') ?? this.#parts.defaultPersona;
    this.#offers.add(offer.jobId);
    const media = await this.#media([avatars.folder(offer.avatar), this.#rig(persona.avatar)]);
    const port = await media.bound.catch(() => undefined);
    if (!this.#offers.delete(offer.jobId) || port === undefined) {
      void media.close();
      return { accepted: false, reason: port === undefined ? 'its media threads failed' : 'the offer was taken back' };
    }
    const own = this.#parts.ownVoices.as(persona, offer);
    const job = JobRunner.open(offer, own, new RtpLine(media), this.#jobDeps, {
      send: (name, payload) => this.#send(name, payload),
      failed: message => {
        this.#send('job.failed', { jobId: offer.jobId, message });
        void this.#endJob(job, message);
      },
    });
    this.#jobs.set(offer.jobId, job);
    this.#sendStatus();
    const { cname, audioSsrc, videoSsrc } = media;
    const { config, takesPictures } = this.#parts;
    return {
      accepted: true,
      name: persona.name,
      line: { kind: 'rtp', ip: config.mediaIp, port, cname, audioSsrc, videoSsrc },
      takesPictures,
      records: this.#parts.recordings.enabled,
    };
  }

  /** Threads for the first of the rigs that can be drawn; the usual one is known to be. */
  async #media(rigs: (string | undefined)[]): Promise<ConversationMedia> {
    const usual = this.#rig(this.#parts.defaultPersona.avatar);
    for (const rig of rigs) {
      if (rig === undefined || rig === usual) continue;
      const media = this.#pool.take(rig);
      try {
        await media.faceReady;
        return media;
      } catch (error) {
        this.#log.error(
          { rig: path.basename(rig), reason: String(error) },
          'this avatar cannot be drawn; taking another',
        );
        await media.close();
      }
    }
    return this.#pool.take(usual);
  }

  async #endJob(job: JobRunner, reason: string): Promise<void> {
    this.#jobs.delete(job.id);
    this.#log.info({ job: job.id, reason }, 'job ended');
    await job.close();
    this.#sendStatus();
  }

  #rig(avatar: string): string {
    return path.resolve(this.#parts.config.avatars, avatar);
  }

  /** What concerns one job; of jobs that are over, nothing does. */
  #onJob<N extends JobMessage>(name: N, handle: (job: JobRunner, message: Omit<ToHost<N>, 'jobId'>) => void): void {
    this.#on(name, ({ jobId, ...message }) => {
      const job = this.#jobs.get(jobId);
      if (job !== undefined) handle(job, message);
    });
  }

  #on<N extends ToHostName>(name: N, handle: (payload: ToHost<N>) => void): void {
    this.#socket.on(name as string, (payload: unknown) => {
      const parsed = toHost[name].safeParse(payload);
      if (parsed.success) handle(parsed.data as ToHost<N>);
      else this.#log.warn({ name, problem: parsed.error.issues[0]?.message }, 'malformed message from the server');
    });
  }

  #send<N extends FromHostName>(name: N, payload: FromHost<N>): void {
    if (this.#socket.connected) this.#socket.emit(name, payload);
  }

  #sendStatus(): void {
    const { capacity, readiness, lacking } = this.#parts;
    const status: HostStatus = {
      modelLoaded: readiness.ready,
      avatarReady: this.#avatarReady,
      draining: this.#draining,
      jobs: this.#jobs.size,
      load: capacity === 0 ? 1 : Math.min(1, this.#jobs.size / capacity),
      lacking: [...lacking],
    };
    this.#send('status', status);
  }
}
