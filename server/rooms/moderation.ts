import { RequestError } from '../../protocol/errors.ts';
import type { Notice, NoticeName, ProducerInfo, RoomSnapshot } from '../../protocol/signaling.ts';
import { Door, REMOVED } from './door.ts';
import { participantInfo } from './participants.ts';
import { browserMedia } from './room-control.ts';
import type { HostRule, Seat } from './room-parts.ts';

/** Of a room, what hosts act on. */
interface Moderated {
  readonly seats: ReadonlyMap<string, Seat>;
  broadcast<N extends NoticeName>(name: N, payload: Notice<N>): void;
  changed(seat: Seat, producer: ProducerInfo): void;
  leave(seat: Seat, reason: 'left' | 'removed'): void;
}

/**
 * What hosts of a room may do. Hosts are who has the grant `roomAdmin`; by the rule `first`, in a room that a guest
 * began, else the guest who has been there longest, until somebody with the grant has been there.
 */
export class Moderation {
  readonly door = new Door(() => this.#tellHosts());
  readonly #room: Moderated;
  #firstIsHost: boolean;

  constructor(room: Moderated, rule: HostRule, begunByGuest: boolean) {
    this.#room = room;
    this.#firstIsHost = rule === 'first' && begunByGuest;
  }

  /** Somebody came or left: hosts may be others now. `fresh`: of them everybody is about to hear anyway. */
  appoint(fresh?: Seat): void {
    const seats = [...this.#room.seats.values()];
    if (seats.some(({ admission }) => admission.host === true)) this.#firstIsHost = false;
    const first = this.#firstIsHost ? seats.find(({ admission }) => admission.guest === true) : undefined;
    for (const seat of seats) {
      const host = seat.admission.host === true || seat === first;
      if (host === (seat.host === true)) continue;
      seat.host = host;
      if (seat !== fresh) this.#room.broadcast('participant.updated', { participant: participantInfo(seat) });
      if (host && this.door.waiting.length > 0) seat.notify('waiting', { people: this.door.waiting });
    }
  }

  /** What somebody is told of it when they come. */
  seenBy(seat: Seat): Pick<RoomSnapshot, 'door' | 'waiting'> {
    const { locked, waitingRoom, waiting } = this.door;
    return { door: { locked, waitingRoom }, ...(seat.host === true && { waiting }) };
  }

  /** Their microphone is off until they switch it on themselves. */
  async mute(by: Seat, identity: string): Promise<void> {
    const seat = this.#other(by, identity);
    for (const producer of seat.media.producers())
      if (producer.source === 'microphone' && !producer.paused)
        this.#room.changed(seat, await browserMedia(seat.media).setProducerPaused(producer.producerId, true));
    seat.notify('host.muted', { by: by.name });
  }

  /** Nobody else switches a microphone on; they are asked. */
  askToUnmute(by: Seat, identity: string): void {
    this.#other(by, identity).notify('host.unmute', { by: by.name });
  }

  remove(by: Seat, identity: string): void {
    const seat = this.#other(by, identity);
    this.door.bar(seat.admission);
    this.#showOut(seat, { ...REMOVED, message: 'A host has removed you from this room.' });
  }

  lock(by: Seat, locked: boolean): void {
    this.#host(by);
    this.door.locked = locked;
    this.#doorChanged();
  }

  waitingRoom(by: Seat, on: boolean): void {
    this.#host(by);
    if (on) this.door.waitingRoom = true;
    else this.door.openWaitingRoom();
    this.#doorChanged();
  }

  admit(by: Seat, identity: string, admitted: boolean): void {
    this.#host(by);
    if (!this.door.decide(identity, admitted)) throw new RequestError('not-found', 'They are not waiting any more.');
  }

  /** The call is over for everybody, the host last. */
  end(by: Seat): void {
    this.#host(by);
    const notice = { ...REMOVED, forAll: true, message: 'A host has ended this call for everybody.' };
    this.door.close(notice);
    for (const seat of [...this.#room.seats.values()]) if (seat !== by) this.#showOut(seat, notice);
    by.notify('room.closed', notice);
    this.#room.leave(by, 'left');
  }

  #showOut(seat: Seat, notice: Notice<'room.closed'>): void {
    seat.notify('room.closed', notice);
    this.#room.leave(seat, 'removed');
    seat.dismiss();
  }

  #tellHosts(): void {
    for (const seat of this.#room.seats.values())
      if (seat.host === true) seat.notify('waiting', { people: this.door.waiting });
  }

  #doorChanged(): void {
    const { locked, waitingRoom } = this.door;
    this.#room.broadcast('door', { locked, waitingRoom });
  }

  /** Throws `forbidden`. */
  #host({ host }: Seat): void {
    if (host !== true) throw new RequestError('forbidden', 'Only a host of this room may do that.');
  }

  /** Whom a host acts on. Throws `forbidden`, also for who is host by grant, or `not-found`. */
  #other(by: Seat, identity: string): Seat {
    this.#host(by);
    const seat = this.#room.seats.get(identity);
    if (seat === undefined) throw new RequestError('not-found', 'They are not in this room any more.');
    if (seat !== by && seat.admission.host !== true) return seat;
    throw new RequestError('forbidden', 'Nobody does that to a host.');
  }
}
