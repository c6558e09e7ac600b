/** One device in one room: its seat, its sound, and what it is told, on however many lines one after another. */
import type { AnimationEvent } from '../../../protocol/animation.ts';
import { DEVICE, type DeviceHears, type DeviceSays } from '../../../protocol/device.ts';
import type { FromDeviceMedia } from '../../../protocol/device-media.ts';
import { RequestError } from '../../../protocol/errors.ts';
import type { Notice, NoticeName, ProducerInfo } from '../../../protocol/signaling.ts';
import type { Notify, Room, Seat } from '../../rooms/room.ts';
import type { MediaPlain } from '../../rooms/room-control.ts';
import { typeInto } from '../../rooms/typing.ts';
import { animationCommands, TurnClock } from './animation.ts';
import type { DeviceSound } from './media.ts';

/** An interruption is to be heard of at once. */
const ANIMATION_EVERY_MS = 20;
/** A device that is so far behind has another clock than ours. */
const MOST_DELAY_MS = 5000;

/** A line to the device, while it lasts. */
export interface DeviceLine {
  tell(message: DeviceHears): void;
  /** False where the device does not read: the sound is left out. */
  play(chunk: Pick<Chunk, 'flags' | 'sequence' | 'position' | 'sound'>): boolean;
  /** Says why, and closes it. */
  end(code: string, message: string, retryable: boolean): void;
}

type Chunk = Extract<FromDeviceMedia, { type: 'chunk' }>;

export interface DevicePlace {
  room: Room;
  seat: Seat;
  sound: DeviceSound;
  plain: MediaPlain;
}

export class DeviceSession {
  readonly #place: DevicePlace;
  readonly #screen: boolean;
  readonly #ended: () => void;
  readonly #clock = new TurnClock();
  #line: DeviceLine | undefined;
  /** Until when its sound was sent, and which of it has been played, positions. */
  #sentTo = 0;
  #graceTimer: NodeJS.Timeout | undefined;
  #over = false;

  /** @param ended called once, when nothing of it is left */
  constructor(place: DevicePlace, line: DeviceLine, { screen, ended }: { screen: boolean; ended(): void }) {
    this.#place = place;
    this.#line = line;
    this.#screen = screen;
    this.#ended = ended;
    const { room, seat } = place;
    for (const participant of room.snapshot(seat).participants)
      for (const producer of participant.producers) this.#hear(participant.identity, producer);
    this.#watch();
    const { agent } = room.snapshot(seat);
    if (agent !== undefined) line.tell({ type: 'state', state: agent.state });
  }

  get seat(): Seat {
    return this.#place.seat;
  }
  get room(): Room {
    return this.#place.room;
  }

  /** Its line is gone: the seat waits for it. */
  lost(line: DeviceLine): void {
    if (this.#line !== line || this.#over) return;
    this.#line = undefined;
    this.#place.room.lost(this.#place.seat, { graceMs: DEVICE.returnWithinMs });
    this.#graceTimer = setTimeout(() => this.#end(), DEVICE.returnWithinMs);
  }

  /** It is back on another line. */
  resume(line: DeviceLine): void {
    const { room, seat } = this.#place;
    if (this.#over || room.closed || room.seats.get(seat.admission.identity) !== seat)
      throw new RequestError('session-gone', 'This seat is no longer kept: say hello without "resume".', {
        retryable: true,
      });
    clearTimeout(this.#graceTimer);
    this.#line?.end('replaced', 'The same device came on another line.', false);
    this.#line = line;
    room.resume(seat, this.notify);
    this.#watch();
  }

  /** What the device says, once it has said hello. Throws RequestError. */
  async said(message: Exclude<DeviceSays, { type: 'hello' | 'audio' }>): Promise<void> {
    const { room, seat, sound } = this.#place;
    switch (message.type) {
      case 'text':
        this.#type(message.text);
        break;
      case 'played': {
        sound.send({ type: 'played', position: message.position });
        const behindMs = ((this.#sentTo - message.position) * 1000) / DEVICE.sampleRate;
        if (behindMs >= 0 && behindMs <= MOST_DELAY_MS) room.received(seat, { playoutDelayMs: behindMs });
        break;
      }
      case 'interrupt':
        this.#silence();
        room.hush();
        break;
      case 'bye':
        room.leave(seat, 'left');
        this.#end();
    }
  }

  /** PCM16, or one Opus packet; `played`: the position that the loudspeaker played at its beginning. */
  heard(sound: Uint8Array, played?: number): void {
    this.#place.sound.send({ type: 'sound', sound, played });
  }

  /** 100 ms to be played. */
  chunk(chunk: Chunk): void {
    const line = this.#line;
    if (line === undefined) return;
    const sync = chunk.avatarAt === undefined ? undefined : this.#clock.began(chunk.avatarAt);
    if (sync !== undefined && this.#screen) line.tell(sync);
    if (line.play(chunk)) this.#sentTo = chunk.position + (DEVICE.sampleRate * DEVICE.chunkMs) / 1000;
  }

  /** The sound is carried no more. */
  failed(): void {
    if (this.#over) return;
    this.#line?.end('unavailable', 'The server lost this device’s sound. Connect again.', true);
    this.#place.room.leave(this.#place.seat, 'lost');
    this.#end();
  }

  close(): void {
    this.#end();
  }

  /** What the room tells its seat. */
  readonly notify: Notify = (name, payload) => this.#told(name, payload);

  #told<N extends NoticeName>(name: N, payload: Notice<N>): void {
    const notice = { name, payload } as { [K in NoticeName]: { name: K; payload: Notice<K> } }[NoticeName];
    const { sound } = this.#place;
    switch (notice.name) {
      case 'participant.joined':
        for (const producer of notice.payload.participant.producers)
          this.#hear(notice.payload.participant.identity, producer);
        break;
      case 'producer.added':
        this.#hear(notice.payload.identity, notice.payload.producer);
        break;
      case 'participant.left':
        sound.send({ type: 'unlisten', identity: notice.payload.identity });
        break;
      case 'agent.state':
        this.#line?.tell({ type: 'state', state: notice.payload.state });
        break;
      case 'log.entry': {
        const { id, role, speakerName, text, final, interrupted } = notice.payload.entry;
        const growing = interrupted === undefined ? {} : { interrupted };
        this.#line?.tell({ type: 'transcript', id, role, speaker: speakerName, text, final, ...growing });
        break;
      }
      case 'turn.timing': {
        const { turnId, outcome, voiceToVoiceMs } = notice.payload.timing;
        this.#line?.tell({
          type: 'metadata',
          turn: turnId,
          outcome,
          latency_ms: Math.round(voiceToVoiceMs),
        });
        break;
      }
      case 'room.closed': {
        const { reason, message, retryable } = notice.payload;
        this.#line?.end(reason, message, retryable);
        this.#end();
      }
    }
  }

  #hear(identity: string, { kind, producerId, source }: ProducerInfo): void {
    const { plain, sound, seat } = this.#place;
    if (kind !== 'audio' || identity === seat.admission.identity) return;
    plain.listen(producerId).then(
      ({ ssrc }) => sound.send({ type: 'listen', identity, ssrc, avatar: source === 'avatar-voice' }),
      // It went as it came.
      () => {},
    );
  }

  #watch(): void {
    // Also without a screen: it tells when the avatar falls silent.
    this.#place.room.animation.subscribe(
      this.#place.seat,
      { ready: true, send: events => this.#animate(events) },
      ANIMATION_EVERY_MS,
    );
  }

  #animate(events: readonly AnimationEvent[]): void {
    for (const event of events) {
      const sync = this.#clock.told(event);
      if (sync !== undefined && this.#screen) this.#line?.tell(sync);
      // What was sent of it would still be played.
      const stopped =
        (event.type === 'clock' && event.state === 'paused') || (event.type === 'end' && event.outcome === 'cancelled');
      if (stopped) this.#silence();
    }
    if (this.#screen) for (const command of animationCommands(events)) this.#line?.tell(command);
  }

  #silence(): void {
    this.#place.sound.send({ type: 'flush' });
    this.#line?.tell({ type: 'clear' });
  }

  #type(text: string): void {
    const { room, seat } = this.#place;
    if (!seat.admission.canPublishData)
      throw new RequestError('forbidden', 'This device’s token does not allow it to write messages.');
    typeInto(room, seat, text);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#graceTimer);
    this.#place.sound.close();
    this.#ended();
  }
}
