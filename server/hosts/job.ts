import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import {
  AVATAR_IDENTITY,
  type FromHost,
  JobAnswer,
  type JobPerson,
  type ToHost,
  type ToHostName,
} from '../../protocol/agents.ts';
import type { ProducerInfo } from '../../protocol/signaling.ts';
import type { PortraitVoices } from '../portraits/portraits.ts';
import { type MemoriesNow, NOTHING_RECALLED, type Recollection, type RoomMemory } from '../rooms/kept.ts';
import type { Room, Seat } from '../rooms/room.ts';
import type { MediaAgent } from '../rooms/room-control.ts';
import type { Host } from './host.ts';
import { JobSight } from './job-sight.ts';
import { wantsReducedMotion } from './motion.ts';
import { Suspects } from './suspects.ts';

const OFFER_TIMEOUT_MS = 5000;
const VIEWERS_EVERY_MS = 1000;
/** Not dropped, whatever waits: they are few, the API counts who asks. */
const ERASING: ReadonlySet<string> = new Set<ToHostName>(['job.memories', 'job.struck']);
/** Messages that wait for a host to accept; more than it could have missed in an offer's time [C2]. */
const MAX_EARLY = 50;

/** The voices that an avatar was given by who made it. */
export type VoiceOf = (avatar: string) => Promise<PortraitVoices>;
export const silent: VoiceOf = async () => ({});

/** Who is wanted. */
export interface Choice {
  persona?: string;
  avatar?: string;
  /** Whoever made that avatar chooses it. */
  isOwner?: boolean;
  /** Another persona gives it the conversation. */
  arrives?: boolean;
}

/** A person as the agent is told of them. */
const jobPerson = ({ admission, name, consent }: Seat, { memories }: Recollection, revision = 0): JobPerson => ({
  identity: admission.identity,
  name,
  remember: admission.remember,
  memories,
  revision,
  consent,
});

/** One avatar in one room, carried by one host. */
export class Job {
  readonly id = randomUUID();
  readonly startedMs = performance.now();
  readonly room: Room;
  readonly host: Host;
  readonly #log: Logger;
  readonly #listened = new Map<string, string>();
  #media: MediaAgent | undefined;
  #sight: JobSight | undefined;
  #viewersTimer: NodeJS.Timeout | undefined;
  readonly #memory: RoomMemory;
  readonly #suspects: Suspects;
  readonly #voiceOf: VoiceOf;
  /** As the host was told. */
  #conversation: string | undefined;
  /** Entries of the earlier conversation that it was told. */
  #earlier: readonly string[] = [];
  /** Who is remembered, by identity, and how often that changed; of those who left, something may still be learned. */
  readonly #remembered = new Map<string, { person: string; revision: number }>();
  #reducedMotion = false;
  #accepted = false;
  /** What happened in the room while the host was still thinking about the offer, or a newcomer was being recalled. */
  #early: (() => void)[] = [];
  #recalling = 0;
  #ended = false;

  constructor(
    room: Room,
    host: Host,
    log: Logger,
    memory: RoomMemory,
    suspects = new Suspects(),
    voiceOf: VoiceOf = silent,
  ) {
    this.room = room;
    this.host = host;
    this.#log = log;
    this.#memory = memory;
    this.#suspects = suspects;
    this.#voiceOf = voiceOf;
  }

  /** Offers the job and connects its media; false when the host refuses, or nobody needs it any more. Throws when the room or the host is gone. */
  async start({ arrives = false, isOwner = false, ...choice }: Choice): Promise<boolean> {
    const seats = [...this.room.seats.values()];
    for (const seat of seats) this.#follow(seat);
    const known = await Promise.all(seats.map(seat => this.#memory.recall(seat, this.room)));
    const { own, ...designed }: PortraitVoices = choice.avatar === undefined ? {} : await this.#voiceOf(choice.avatar);
    if (this.#ended) return false;
    const conversation = this.#memory.conversation(this.room);
    this.#conversation = conversation;
    const bad = this.#suspects.isBad(this.room);
    const earlier = bad ? [] : this.#suspects.without(known.find(each => each.earlier.length > 0)?.earlier ?? []);
    this.#earlier = earlier.map(({ id }) => id);
    const answer = JobAnswer.parse(
      await this.host.request(
        'job.offer',
        {
          jobId: this.id,
          room: this.room.name,
          identity: AVATAR_IDENTITY,
          ...choice,
          ...(arrives && { arrives }),
          ...designed,
          ...(isOwner && own !== undefined && { own }),
          line: { kind: 'rtp' },
          people: seats.map((seat, i) =>
            jobPerson(seat, bad ? NOTHING_RECALLED : known[i]!, this.#revisionOf(seat.admission.identity)),
          ),
          history: this.#suspects.without(this.room.history),
          earlier,
          ...(conversation !== undefined && { conversation }),
        },
        OFFER_TIMEOUT_MS,
      ),
    );
    if (!answer.accepted) {
      this.#log.info({ room: this.room.name, host: this.host.id, reason: answer.reason }, 'job refused');
      return false;
    }
    const persona = this.host.persona(choice.persona);
    const avatar = choice.avatar ?? persona?.avatar;
    const media = await this.room.addAgent(
      {
        identity: AVATAR_IDENTITY,
        name: answer.name,
        persona: persona?.id,
        avatar,
        records: answer.records && conversation !== undefined,
      },
      answer.line,
    );
    this.#media = media;
    if (this.#ended) {
      this.room.removeAgent(media);
      return true;
    }
    this.#accepted = true;
    this.#catchUp();
    this.send('job.media', { ip: media.ip, port: media.port });
    this.#viewersTimer = setInterval(() => void this.#reportViewers(media), VIEWERS_EVERY_MS);
    const sight = new JobSight(
      this.room,
      media,
      {
        sight: track => this.send('job.sight', { track }),
        unsight: (identity, source) => this.send('job.unsight', { identity, source }),
      },
      { takesPictures: answer.takesPictures, log: this.#log },
    );
    this.#sight = sight;
    this.motionChanged();
    for (const seat of this.room.seats.values()) {
      // As it is now: what changed while the host was thinking must not be lost behind other messages.
      this.send('job.consent', { identity: seat.admission.identity, consent: seat.consent });
      void sight.update(seat.admission.identity);
      const microphone = seat.media.producers().find(producer => producer.source === 'microphone');
      if (microphone !== undefined) await this.microphone(seat.admission.identity, microphone);
    }
    return true;
  }

  /** Somebody came: the host is told, with what is known of them, before anything else about them. */
  async joined(seat: Seat): Promise<void> {
    if (seat.admission.person === undefined) {
      this.send('job.joined', { person: jobPerson(seat, NOTHING_RECALLED) });
      return;
    }
    let known = NOTHING_RECALLED;
    this.#follow(seat);
    this.#recalling += 1;
    const revision = () => this.#revisionOf(seat.admission.identity);
    this.#early.push(() => this.#sendNow('job.joined', { person: jobPerson(seat, known, revision()) }));
    known = await this.#memory.recall(seat, this.room);
    this.#recalling -= 1;
    if (this.#accepted) this.#catchUp();
  }

  /** A person's microphone appeared or went; they may have another. */
  async microphone(identity: string, producer: ProducerInfo | undefined): Promise<void> {
    if (this.#ended || this.#media === undefined) return;
    const seat = this.room.seats.get(identity);
    const open = producer ?? seat?.media.producers().find(({ source }) => source === 'microphone');
    if (open === undefined) {
      if (this.#listened.delete(identity)) this.send('job.unlisten', { identity });
      return;
    }
    const { producerId } = open;
    if (this.#listened.get(identity) === producerId) return;
    this.#listened.set(identity, producerId);
    try {
      const stream = await this.#media.listen(producerId);
      if (seat === undefined || this.#ended || this.#listened.get(identity) !== producerId) return;
      this.send('job.listen', { microphone: { identity, name: seat.name, ...stream } });
    } catch (error) {
      if (this.#listened.get(identity) === producerId) this.#listened.delete(identity);
      this.#log.warn({ room: this.room.name, reason: String(error) }, 'a microphone could not be passed to the agent');
    }
  }

  /** Perhaps it is another conversation now. */
  conversationChanged(): void {
    const conversation = this.#memory.conversation(this.room);
    if (conversation === this.#conversation) return;
    this.#conversation = conversation;
    this.send('job.conversation', conversation === undefined ? {} : { conversation });
  }

  /** Perhaps everybody who watches wants little movement now, or not any more. */
  motionChanged(): void {
    const reduced = wantsReducedMotion(this.room);
    if (reduced === this.#reducedMotion) return;
    this.#reducedMotion = reduced;
    this.send('job.motion', { reduced });
  }

  /** What the host learns of a person from now on counts only once it knows what is remembered of them then. */
  memoriesChanging(person: string): void {
    for (const each of this.#remembered.values()) if (each.person === person) each.revision += 1;
  }

  /** What is remembered of a person now. */
  memoriesChanged(person: string, now: MemoriesNow): void {
    for (const [identity, each] of this.#remembered)
      if (each.person === person) this.send('job.memories', { identity, revision: each.revision, ...now });
  }

  /** It was learned from what is not remembered any more. */
  isOutdated({ identity, revision }: Pick<FromHost<'job.facts'>, 'identity' | 'revision'>): boolean {
    return revision < this.#revisionOf(identity);
  }

  /** Entries were deleted; `shown` of them from the room's log. */
  struck(entryIds: ReadonlySet<string>, shown: readonly string[]): void {
    const entries = [...shown, ...this.#earlier.filter(id => entryIds.has(id))];
    if (entries.length > 0) this.send('job.struck', { entries });
  }

  #follow({ admission: { identity, person, remember } }: Seat): void {
    if (remember && person !== undefined)
      this.#remembered.set(identity, { person, revision: this.#revisionOf(identity) });
  }

  #revisionOf(identity: string): number {
    return this.#remembered.get(identity)?.revision ?? 0;
  }

  /** A person's camera or screen, or what they allow to be seen, has changed. */
  picture(identity: string): void {
    void this.#sight?.update(identity);
  }

  send<N extends ToHostName>(name: N, payload: Omit<ToHost<N>, 'jobId'>): void {
    if ((this.#accepted && this.#recalling === 0) || name === 'job.end') this.#sendNow(name, payload);
    else if (this.#early.length < MAX_EARLY || ERASING.has(name)) this.#early.push(() => this.#sendNow(name, payload));
  }

  #sendNow<N extends ToHostName>(name: N, payload: Omit<ToHost<N>, 'jobId'>): void {
    this.host.send(name, { jobId: this.id, ...payload } as unknown as ToHost<N>);
  }

  #catchUp(): void {
    if (this.#recalling === 0) for (const send of this.#early.splice(0)) send();
  }

  /** What the host says about this job. */
  logged({ entry }: FromHost<'job.log'>): void {
    if (!this.#ended) this.room.logged(entry);
  }

  /** Ends the job and removes its avatar. The room stays; `reason` is for the host's log. */
  end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#viewersTimer);
    this.#early = [];
    this.#sight?.end();
    this.send('job.end', { reason });
    if (this.#media !== undefined) this.room.removeAgent(this.#media);
  }

  async #reportViewers(media: MediaAgent): Promise<void> {
    try {
      this.send('job.viewers', await media.viewers());
    } catch {
      // the transport closed under the question
    }
  }
}
