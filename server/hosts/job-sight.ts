import type { Logger } from 'pino';
import { SightSource, type ToHost } from '../../protocol/agents.ts';
import type { Room } from '../rooms/room.ts';
import type { MediaAgent } from '../rooms/room-control.ts';

interface Sent {
  producerId: string;
  detail: boolean;
}

export interface SightNotices {
  sight(track: ToHost<'job.sight'>['track']): void;
  unsight(identity: string, source: SightSource): void;
}

/** Which cameras and screens go to a job's agent: those whose people let them, and no others. */
export class JobSight {
  readonly #room: Room;
  readonly #media: MediaAgent;
  readonly #notices: SightNotices;
  readonly #takesPictures: boolean;
  readonly #log: Logger;
  readonly #sent = new Map<string, Sent>();
  /** Changes of one stream, in order. */
  readonly #changes = new Map<string, Promise<void>>();
  #ended = false;

  /** @param takesPictures the agent's dialogue can be shown pictures */
  constructor(
    room: Room,
    media: MediaAgent,
    notices: SightNotices,
    { takesPictures, log }: { takesPictures: boolean; log: Logger },
  ) {
    this.#room = room;
    this.#media = media;
    this.#notices = notices;
    this.#takesPictures = takesPictures;
    this.#log = log;
  }

  /** A person's tracks or consent have changed, or they are gone. */
  async update(identity: string): Promise<void> {
    await Promise.all(
      SightSource.options.map(source => {
        const key = `${identity}/${source}`;
        const change = (this.#changes.get(key) ?? Promise.resolve()).then(() => this.#change(key, identity, source));
        this.#changes.set(key, change);
        return change.finally(() => {
          if (this.#changes.get(key) === change) this.#changes.delete(key);
        });
      }),
    );
  }

  end(): void {
    this.#ended = true;
  }

  async #change(key: string, identity: string, source: SightSource): Promise<void> {
    const wanted = this.#ended ? undefined : this.#wanted(identity, source);
    const sent = this.#sent.get(key);
    if (sent?.producerId === wanted?.producerId && sent?.detail === wanted?.detail) return;
    if (sent !== undefined) {
      this.#sent.delete(key);
      this.#media.unsee(sent.producerId);
      if (!this.#ended) this.#notices.unsight(identity, source);
    }
    if (wanted === undefined) return;
    try {
      const stream = await this.#media.see(wanted.producerId, wanted.detail);
      this.#sent.set(key, wanted);
      if (!this.#ended) this.#notices.sight({ identity, source, ...stream });
    } catch (error) {
      this.#log.warn({ room: this.#room.name, reason: String(error) }, 'a picture could not be passed to the agent');
    }
  }

  /** A shared screen shows no face: it goes out for sight only. */
  #wanted(identity: string, source: SightSource): Sent | undefined {
    const seat = this.#room.seats.get(identity);
    if (seat === undefined) return undefined;
    const { feelings } = seat.consent;
    const sight = seat.consent.sight && this.#takesPictures;
    if (!sight && !(feelings && source === 'camera')) return undefined;
    const producer = seat.media.producers().find(each => each.source === source && !each.paused);
    return producer === undefined ? undefined : { producerId: producer.producerId, detail: sight };
  }
}
