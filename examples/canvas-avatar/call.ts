import { Device, type types } from 'mediasoup-client';
import { io, type Socket } from 'socket.io-client';
import type { AnimationEvent, AnimationMessage } from '../../protocol/animation.ts';
import type { LogEntry } from '../../protocol/conversation.ts';
import type { Reply } from '../../protocol/errors.ts';
import type { ParticipantInfo, RequestInput, RequestName, RequestOutput } from '../../protocol/signaling.ts';

const MEASURE_MS = 500;
/** Before anything was measured. */
const USUAL_DELAY_MS = 80;

export interface CallEvents {
  animation(events: AnimationEvent[]): void;
  /** The avatar's voice can be played. */
  voice(track: MediaStreamTrack): void;
  /** The avatar's words so far, as they are heard. */
  said(text: string): void;
  ended(why: string): void;
}

/** A person in a room, who hears the avatar and is told how its face moves. */
export class Call {
  readonly #socket: Socket;
  readonly #device = new Device();
  readonly #events: CallEvents;
  #recv: types.Transport | undefined;
  #send: types.Transport | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** From the arrival of sound to its being heard, ms. */
  delayMs = USUAL_DELAY_MS;

  /** Rejects with a sentence for people. */
  static async join(room: string, name: string, events: CallEvents): Promise<Call> {
    const response = await fetch(`/api/rooms/${encodeURIComponent(room)}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(body.error.message);
    const call = new Call(events);
    await call.#enter(body.token);
    return call;
  }

  private constructor(events: CallEvents) {
    this.#events = events;
    this.#socket = io('/client', { transports: ['websocket'], reconnection: false });
    this.#socket.on('animation', (message: AnimationMessage) => events.animation(message.events));
    this.#socket.on(
      'log.entry',
      ({ entry }: { entry: LogEntry }) => entry.role === 'avatar' && events.said(entry.text),
    );
    this.#socket.on('room.closed', ({ message }: { message: string }) => events.ended(message));
    this.#socket.on('disconnect', () => events.ended('The connection was lost.'));
  }

  async say(text: string): Promise<void> {
    await this.#request('say', { text });
  }

  /** Lets the avatar hear the microphone. */
  async talk(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await this.#send?.produce({ track: stream.getAudioTracks()[0]!, codecOptions: { opusDtx: true, opusFec: true } });
  }

  leave(): void {
    clearInterval(this.#timer);
    this.#socket.disconnect();
    this.#recv?.close();
    this.#send?.close();
  }

  async #enter(token: string): Promise<void> {
    // The avatar may come before the answer has been worked through, or long after it.
    const avatars: ParticipantInfo[] = [];
    let meet = (participant: ParticipantInfo): unknown => avatars.push(participant);
    this.#socket.on('participant.joined', ({ participant }) => participant.kind === 'avatar' && meet(participant));
    const joined = await this.#request('join', { version: 1, token });
    await this.#request('animation.subscribe', {});
    await this.#device.load({ routerRtpCapabilities: joined.routerRtpCapabilities as types.RtpCapabilities });
    const { send, recv } = joined.transports!;
    const { iceServers } = joined;
    this.#recv = this.#device.createRecvTransport({ ...(recv as types.TransportOptions), iceServers });
    this.#send = this.#device.createSendTransport({ ...(send as types.TransportOptions), iceServers });
    for (const transport of [this.#recv, this.#send])
      transport.on('connect', ({ dtlsParameters }, done, failed) => {
        this.#request('transport.connect', { transportId: transport.id, dtlsParameters: { ...dtlsParameters } }).then(
          done,
          failed,
        );
      });
    this.#send.on('produce', ({ rtpParameters }, done, failed) => {
      this.#request('produce', {
        transportId: send.id,
        kind: 'audio',
        source: 'microphone',
        rtpParameters: { ...rtpParameters },
      }).then(({ producerId }) => done({ id: producerId }), failed);
    });
    meet = participant => this.#hear(participant).catch(error => this.#events.ended(String(error)));
    for (const participant of [...joined.snapshot.participants, ...avatars])
      if (participant.kind === 'avatar') meet(participant);
  }

  async #hear({ producers }: ParticipantInfo): Promise<void> {
    const voice = producers.find(({ source }) => source === 'avatar-voice');
    if (voice === undefined) return;
    const { consumerId, producerId, kind, rtpParameters } = await this.#request('consume', {
      producerId: voice.producerId,
      rtpCapabilities: { ...this.#device.recvRtpCapabilities },
    });
    const consumer = await this.#recv!.consume({
      id: consumerId,
      producerId,
      kind,
      rtpParameters: rtpParameters as types.RtpParameters,
    });
    await this.#request('consumer.resume', { consumerId });
    this.#events.voice(consumer.track);
    const measure = measurePlayout(consumer);
    clearInterval(this.#timer);
    this.#timer = setInterval(async () => {
      this.delayMs = (await measure()) ?? this.delayMs;
    }, MEASURE_MS);
  }

  async #request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> {
    const reply: Reply<RequestOutput<N>> = await this.#socket.timeout(5000).emitWithAck(name, input);
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.data;
  }
}

/** How long sound waits in the jitter buffer and on its way to the loudspeaker, ms: the mean since the last question. */
function measurePlayout(consumer: types.Consumer): () => Promise<number | undefined> {
  let before = { delayS: 0, count: 0, playoutS: 0, played: 0 };
  return async () => {
    const now = { ...before };
    for (const [, report] of await consumer.getStats()) {
      if (report.type === 'inbound-rtp')
        Object.assign(now, { delayS: report.jitterBufferDelay, count: report.jitterBufferEmittedCount });
      if (report.type === 'media-playout')
        Object.assign(now, { playoutS: report.totalPlayoutDelay, played: report.totalSamplesCount });
    }
    const mean = (sum: number, count: number) => (count > 0 ? (sum / count) * 1000 : undefined);
    const waitedMs = mean(now.delayS - before.delayS, now.count - before.count);
    const playoutMs = mean(now.playoutS - before.playoutS, now.played - before.played) ?? 0;
    before = now;
    return waitedMs === undefined ? undefined : waitedMs + playoutMs;
  };
}
