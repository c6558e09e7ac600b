import type { Logger } from 'pino';
import type { FromHost } from '../../protocol/agents.ts';
import { isForAvatar } from '../../protocol/conversation.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Agents, type MemoriesNow, NO_MEMORY, type RoomMemory } from '../rooms/kept.ts';
import type { RoomListener } from '../rooms/listeners.ts';
import type { Room, Seat } from '../rooms/room.ts';
import type { Host } from './host.ts';
import { type Choice, Job, silent, type VoiceOf } from './job.ts';
import { hostsFor } from './places.ts';
import { Suspects } from './suspects.ts';

const RETRY_MS = 1000;
/** After a job's end, its host is still listened to about what it learned. */
const LINGER_MS = 6000;
/** A job that failed sooner than this would fail again if it were offered again at once. */
const SETTLED_MS = 5000;

/** Gives every room with people in it an avatar, on the least loaded host that takes the job; on a standby last of all. */
export class Dispatcher implements Agents {
  readonly #hosts = new Set<Host>();
  readonly #jobs = new Map<Room, Job>();
  /** Jobs that ended a moment ago. */
  readonly #ended = new Map<Job, NodeJS.Timeout>();
  readonly #waiting = new Set<Room>();
  /** Rooms whose people were given to another persona, and to whom. */
  readonly #handed = new Map<Room, Choice>();
  readonly #retries = new Map<Room, NodeJS.Timeout>();
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #memory: RoomMemory;
  readonly #voiceOf: VoiceOf;
  readonly #suspects = new Suspects();

  constructor(log: Logger, metrics: Metrics, memory: RoomMemory = NO_MEMORY, voiceOf: VoiceOf = silent) {
    this.#log = log;
    this.#metrics = metrics;
    this.#memory = memory;
    this.#voiceOf = voiceOf;
  }

  readonly listener: Partial<RoomListener> = {
    joined: (room, seat) => {
      this.#metrics.rooms.joins.inc();
      const job = this.#jobs.get(room);
      if (job !== undefined) {
        void job.joined(seat);
        job.motionChanged();
      } else void this.#assign(room, choiceOf(seat));
    },
    left: (room, identity) => {
      const job = this.#jobs.get(room);
      job?.send('job.left', { identity });
      job?.picture(identity);
      job?.motionChanged();
    },
    microphone: (room, identity, producer) => void this.#jobs.get(room)?.microphone(identity, producer),
    picture: (room, identity) => this.#jobs.get(room)?.picture(identity),
    consented: (room, { admission, consent }) => {
      const job = this.#jobs.get(room);
      job?.send('job.consent', { identity: admission.identity, consent });
      job?.picture(admission.identity);
    },
    hushed: room => this.#jobs.get(room)?.send('job.hush', {}),
    moved: room => this.#jobs.get(room)?.motionChanged(),
    struck: (room, entryIds, shown) => this.#jobs.get(room)?.struck(entryIds, shown),
    typed: (room, entry) => {
      if (isForAvatar(entry)) this.#jobs.get(room)?.send('job.text', { entry });
    },
    ended: (room, reason) => {
      this.#metrics.rooms.ended.inc({ reason });
      clearTimeout(this.#retries.get(room));
      this.#retries.delete(room);
      this.#waiting.delete(room);
      this.#handed.delete(room);
      const job = this.#jobs.get(room);
      this.#jobs.delete(room);
      job?.end(reason);
      if (job !== undefined) this.#linger(job);
    },
  };

  get hosts(): readonly Host[] {
    return [...this.#hosts];
  }
  /** A call could be held now. */
  get ready(): boolean {
    return this.hosts.some(host => host.ready);
  }

  /** Embedded vendors that others stand in for on some host. */
  get lacking(): readonly string[] {
    return [...new Set(this.hosts.flatMap(host => host.status.lacking))].sort();
  }

  /** Id of the persona that the avatar takes when it is asked for this one. */
  personaFor(id: string | undefined): string | undefined {
    return this.hosts.find(host => host.ready)?.persona(id)?.id ?? id;
  }

  connected(host: Host): void {
    this.#hosts.add(host);
  }

  /** A host said how it is: rooms that wait may now be served. */
  status(host: Host, status: FromHost<'status'>): void {
    host.status = status;
    if (host.status.avatarReady && !host.status.draining)
      // Calls that lost theirs before those that never had one.
      for (const room of [...this.#waiting].sort((a, b) => Number(b.hadAgent) - Number(a.hadAgent)))
        void this.#assign(room);
  }

  /** A host is gone: its rooms get another avatar, with what was said so far. */
  disconnected(host: Host): void {
    this.#hosts.delete(host);
    for (const [room, job] of [...this.#jobs]) if (job.host === host) this.#reassign(room, job, 'the host is gone');
  }

  /** A host does not answer any more: likewise, but what it may hang on is left out, and its room told. */
  hung(host: Host): void {
    const rooms = [...this.#jobs].flatMap(([room, job]) => (job.host === host ? [room] : []));
    for (const [room, entryIds] of this.#suspects.hung(rooms)) room.agentStartsOver(entryIds);
    this.disconnected(host);
  }

  /** The job a host speaks of, if it is still that host's. */
  job(host: Host, jobId: string): Job | undefined {
    return [...this.#jobs.values()].find(job => job.id === jobId && job.host === host);
  }

  /** As {@link job}, or one that ended a moment ago. */
  recentJob(host: Host, jobId: string): Job | undefined {
    return this.job(host, jobId) ?? [...this.#ended.keys()].find(job => job.id === jobId && job.host === host);
  }

  /** Perhaps another conversation goes on in a room. */
  conversationChanged(room: Room): void {
    this.#jobs.get(room)?.conversationChanged();
  }

  /** What hosts have recorded of a conversation is to be removed, wherever it lies. */
  eraseRecording(conversation: string, only?: readonly string[]): void {
    const told = { conversation, ...(only !== undefined && { only: [...only] }) };
    for (const host of this.#hosts) host.send('recording.erase', told);
  }

  /** What is remembered of a person changes: whoever may still learn of them is told. */
  memoriesChanging(person: string): void {
    for (const job of [...this.#jobs.values(), ...this.#ended.keys()]) job.memoriesChanging(person);
  }
  memoriesChanged(person: string, now: MemoriesNow): void {
    for (const job of this.#jobs.values()) job.memoriesChanged(person, now);
  }

  /** A persona gives its people to another: the job ends, and one for that persona begins with the same history. */
  handedOver(job: Job, persona: string): void {
    const { room } = job;
    if (this.#jobs.get(room) !== job) return;
    // Whose face it is was chosen for the persona that goes.
    this.#handed.set(room, { persona });
    this.#jobs.delete(room);
    job.end('handed over');
    this.#linger(job);
    void this.#assign(room, { persona, arrives: true });
  }

  failed(job: Job, message: string): void {
    this.#log.warn({ room: job.room.name, host: job.host.id, reason: message }, 'job failed');
    this.#reassign(job.room, job, message);
  }

  close(): void {
    for (const timer of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
    for (const timer of this.#ended.values()) clearTimeout(timer);
    this.#ended.clear();
    for (const job of this.#jobs.values()) job.end('the server is going down');
    this.#jobs.clear();
    this.#waiting.clear();
  }

  #linger(job: Job): void {
    const timer = setTimeout(() => this.#ended.delete(job), LINGER_MS);
    timer.unref();
    this.#ended.set(job, timer);
  }

  #reassign(room: Room, job: Job, reason: string): void {
    if (this.#jobs.get(room) !== job) return;
    this.#jobs.delete(room);
    this.#metrics.rooms.agentsLost.inc();
    job.end(reason);
    if (job.host.status.draining || performance.now() - job.startedMs > SETTLED_MS || !this.#hosts.has(job.host))
      void this.#assign(room);
    else this.#wait(room);
  }

  async #assign(room: Room, choice?: Choice): Promise<void> {
    if (room.closed || this.#jobs.has(room)) return;
    this.#waiting.delete(room);
    const wanted = choice ?? this.#handed.get(room) ?? firstChoice(room);
    for (const host of hostsFor(room, this.hosts, this.#jobs.keys())) {
      const job = new Job(room, host, this.#log, this.#memory, this.#suspects, this.#voiceOf);
      this.#jobs.set(room, job);
      try {
        if (await job.start(wanted)) return;
      } catch (error) {
        this.#log.warn({ room: room.name, host: host.id, reason: String(error) }, 'job could not be started');
      }
      job.end('not started');
      if (this.#jobs.get(room) !== job) return;
      this.#jobs.delete(room);
      if (room.closed) return;
    }
    this.#waiting.add(room);
    this.#wait(room);
  }

  /** Tells people that nobody is there, and tries again soon. */
  #wait(room: Room): void {
    room.agentAway();
    clearTimeout(this.#retries.get(room));
    this.#retries.set(
      room,
      setTimeout(() => void this.#assign(room), RETRY_MS),
    );
  }
}

const choiceOf = ({ admission: { persona, avatar, ownsAvatar } }: Pick<Seat, 'admission'>): Choice => ({
  persona,
  avatar,
  isOwner: ownsAvatar === true,
});

const firstChoice = (room: Room): Choice => {
  const [seat] = room.seats.values();
  return seat === undefined ? {} : choiceOf(seat);
};
