/**
 * One participant of a LiveKit room, by LiveKit's client protocol: protobuf over a WebSocket, one peer connection to
 * publish over and one to receive. What is published is sent as it was encoded.
 */
import {
  AddTrackRequest,
  type DataPacket,
  DataPacket as DataPackets,
  DisconnectReason,
  type JoinResponse,
  LeaveRequest,
  LeaveRequest_Action,
  Ping,
  SessionDescription,
  SignalRequest,
  SignalResponse,
  SignalTarget,
  TrackSource,
  TrackType,
  TrickleRequest,
  UpdateParticipantMetadata,
  UpdateSubscription,
  UpdateTrackSettings,
  VideoLayer,
  VideoQuality,
} from '@livekit/protocol';
import type { RTCDataChannel, RTCPeerConnection, RtcpPacket, RtpPacket } from 'werift';
import { addCandidate, connected, keepKeys, OutgoingTrack, opened, openPeerConnection } from './connection.ts';
import { LiveKitError } from './errors.ts';
import { leaving } from './leaving.ts';
import { isGone, type RemoteParticipant, remoteParticipant } from './participants.ts';
import { routesIn } from './routes.ts';
import { MessageSocket, socketUrl } from './socket.ts';

/** Of the signalling; what came later than this is not used here. */
const PROTOCOL = 15;
const JOIN_MS = 10_000;
const DEFAULT_PING = { intervalSeconds: 5, timeoutSeconds: 15 };
/** Packets of data that wait while the line is slow [C2]. */
const MOST_BUFFERED = 2 ** 20;

export interface ParticipantOptions {
  url: string;
  token: string;
  /** Its voice, and its face of this size. */
  publishes?: { face?: { width: number; height: number } };
  signal?: AbortSignal;
  events: ParticipantEvents;
}

/** Everything is called after `join` has resolved; `closed` once, and nothing after it. */
export interface ParticipantEvents {
  /** Somebody came, or something of theirs has changed. */
  changed(participant: RemoteParticipant): void;
  left(identity: string): void;
  /** Identities of those who speak, loudest first. */
  speakers(identities: string[]): void;
  /** A packet of a track that was subscribed to. */
  rtp(trackSid: string, packet: RtpPacket): void;
  /** RTCP about what is published. */
  rtcp(packet: RtcpPacket): void;
  data(packet: DataPacket): void;
  /** Whether anybody watches the face. */
  watched(watched: boolean): void;
  token(token: string): void;
  closed(error: LiveKitError): void;
}

type Outgoing = SignalRequest['message'];

export class Participant {
  readonly #options: ParticipantOptions;
  readonly #socket: MessageSocket;
  readonly #join: JoinResponse;
  readonly #publisher: RTCPeerConnection;
  readonly #subscriber: RTCPeerConnection;
  readonly #sids = new Map<string, string>();
  readonly #published = new Map<string, PromiseWithResolvers<string>>();
  #routes = new Map<number, string>();
  /** Signals are worked through in their order. */
  #queue: Promise<void>;
  #reliable: RTCDataChannel | undefined;
  #pings: NodeJS.Timeout | undefined;
  #answeredMs = performance.now();
  #closed = false;
  voice: OutgoingTrack | undefined;
  face: OutgoingTrack | undefined;
  voiceSid: string | undefined;

  /** Joins, publishes, and resolves when the media flow. Rejects with a LiveKitError that says what to do. */
  static async join(options: ParticipantOptions): Promise<Participant> {
    const early: SignalResponse['message'][] = [];
    const joined = Promise.withResolvers<JoinResponse>();
    let participant: Participant | undefined;
    let broken: LiveKitError | undefined;
    const socket = await MessageSocket.open(
      `${socketUrl(options.url)}/rtc?protocol=${PROTOCOL}&auto_subscribe=0&sdk=js`,
      {
        token: options.token,
        ...(options.signal !== undefined && { signal: options.signal }),
        events: {
          message: data => {
            const { message } = SignalResponse.fromBinary(data);
            if (message.case === 'join') joined.resolve(message.value);
            else if (participant !== undefined) participant.#received(message);
            else if (message.case === 'leave') joined.reject(leaving(message.value));
            else early.push(message);
          },
          closed: error => {
            joined.reject(error);
            broken = error;
            if (participant !== undefined) participant.#ends(error);
          },
        },
      },
    );
    const tooLate = setTimeout(
      () => joined.reject(new LiveKitError('the LiveKit server does not let us join')),
      JOIN_MS,
    );
    try {
      const join = await joined.promise;
      participant = new Participant(options, socket, join);
      for (const message of early) participant.#received(message);
      await participant.#open();
      options.signal?.throwIfAborted();
      if (broken !== undefined) throw broken;
      return participant;
    } catch (error) {
      if (participant === undefined) socket.terminate();
      else await participant.close();
      throw error;
    } finally {
      clearTimeout(tooLate);
    }
  }

  private constructor(options: ParticipantOptions, socket: MessageSocket, join: JoinResponse) {
    this.#options = options;
    this.#socket = socket;
    this.#join = join;
    const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(options.url).hostname);
    this.#publisher = openPeerConnection(join.iceServers, loopback);
    this.#subscriber = openPeerConnection(join.iceServers, loopback);
    for (const [connection, target] of [
      [this.#publisher, SignalTarget.PUBLISHER],
      [this.#subscriber, SignalTarget.SUBSCRIBER],
    ] as const)
      connection.onIceCandidate.subscribe(candidate => {
        if (candidate !== undefined)
          this.#send({
            case: 'trickle',
            value: new TrickleRequest({ candidateInit: JSON.stringify(candidate), target }),
          });
      });
    this.#subscriber.onDataChannel.subscribe(channel => {
      channel.onMessage.subscribe(message => this.#data(message));
    });
    this.#queue = Promise.resolve();
  }

  get identity(): string {
    return this.#join.participant?.identity ?? '';
  }

  /** Those who were there when it joined. */
  get others(): RemoteParticipant[] {
    return this.#join.otherParticipants.filter(info => !isGone(info)).map(remoteParticipant);
  }

  /** @param quality of a picture that comes in several; not told for sound */
  subscribe(trackSid: string, quality?: 'medium' | 'high'): void {
    this.#send({ case: 'subscription', value: new UpdateSubscription({ trackSids: [trackSid], subscribe: true }) });
    if (quality !== undefined)
      this.#send({
        case: 'trackSetting',
        value: new UpdateTrackSettings({
          trackSids: [trackSid],
          quality: quality === 'high' ? VideoQuality.HIGH : VideoQuality.MEDIUM,
        }),
      });
  }

  unsubscribe(trackSid: string): void {
    this.#send({ case: 'subscription', value: new UpdateSubscription({ trackSids: [trackSid], subscribe: false }) });
  }

  /** Asks for a picture that needs none before it. */
  requestKeyframe(trackSid: string): void {
    for (const [ssrc, sid] of this.#routes)
      if (sid === trackSid)
        for (const receiver of this.#subscriber.getReceivers())
          if (receiver.tracks.some(track => track.ssrc === ssrc)) void receiver.sendRtcpPLI(ssrc);
  }

  /** What everybody is told of us; an empty name, and attributes that are not named, stay as they are. */
  describe(name: string, attributes: Record<string, string>): void {
    this.#send({ case: 'updateMetadata', value: new UpdateParticipantMetadata({ name, attributes }) });
  }

  /** To everybody, or those who are named in it; in order, and as often as it takes. */
  send(packet: DataPacket): void {
    if (this.#reliable === undefined || this.#reliable.bufferedAmount > MOST_BUFFERED) return;
    this.#reliable.send(Buffer.from(packet.toBinary()));
  }

  /** Leaves the room. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#send({
      case: 'leave',
      value: new LeaveRequest({ reason: DisconnectReason.CLIENT_INITIATED, action: LeaveRequest_Action.DISCONNECT }),
    });
    await this.#shut();
  }

  async #shut(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#pings);
    for (const { reject } of this.#published.values()) reject(new LiveKitError('the line was closed'));
    this.#socket.close();
    await Promise.allSettled([this.#publisher.close(), this.#subscriber.close()]);
  }

  async #open(): Promise<void> {
    const { publishes, events } = this.#options;
    this.#ping();
    const reliable = this.#publisher.createDataChannel('_reliable', { ordered: true });
    this.#publisher.createDataChannel('_lossy', { ordered: false, maxRetransmits: 0 });
    const tracks: Promise<string>[] = [];
    if (publishes !== undefined) {
      this.voice = this.#outgoing('audio');
      tracks.push(
        this.#announce(this.voice, {
          name: 'voice',
          type: TrackType.AUDIO,
          source: TrackSource.MICROPHONE,
          disableRed: true,
        }),
      );
      const { face } = publishes;
      if (face !== undefined) {
        this.face = this.#outgoing('video');
        const layer = new VideoLayer({ quality: VideoQuality.HIGH, ...face });
        tracks.push(
          this.#announce(this.face, {
            name: 'face',
            type: TrackType.VIDEO,
            source: TrackSource.CAMERA,
            ...face,
            layers: [layer],
          }),
        );
      }
    }
    const [voiceSid] = await Promise.all(tracks);
    this.voiceSid = voiceSid;
    const offer = await this.#publisher.createOffer();
    const local = this.#publisher.setLocalDescription(offer);
    this.#send({
      case: 'offer',
      value: new SessionDescription({ type: 'offer', sdp: this.#publisher.localDescription?.sdp ?? offer.sdp }),
    });
    await Promise.all([local, connected(this.#publisher)]);
    keepKeys(this.#publisher);
    for (const transport of this.#publisher.dtlsTransports) transport.onRtcp.subscribe(packet => events.rtcp(packet));
    for (const connection of [this.#publisher, this.#subscriber])
      connection.connectionStateChange.subscribe(state => {
        if (state === 'failed') this.#ends(new LiveKitError('the media line to the LiveKit server was lost'));
      });
    this.#reliable = await opened(reliable);
  }

  #outgoing(kind: 'audio' | 'video'): OutgoingTrack {
    return new OutgoingTrack(this.#publisher.addTransceiver(kind, { direction: 'sendonly' }));
  }

  /** Resolves to the track's id. */
  #announce({ cid }: OutgoingTrack, about: ConstructorParameters<typeof AddTrackRequest>[0]): Promise<string> {
    const published = Promise.withResolvers<string>();
    this.#published.set(cid, published);
    // One that is never waited for, where another failed first.
    published.promise.catch(() => {});
    this.#send({ case: 'addTrack', value: new AddTrackRequest({ cid, stream: 'avatar', ...about }) });
    return published.promise;
  }

  #ping(): void {
    const intervalSeconds = this.#join.pingInterval || DEFAULT_PING.intervalSeconds;
    const timeoutMs = (this.#join.pingTimeout || DEFAULT_PING.timeoutSeconds) * 1000;
    this.#pings = setInterval(() => {
      if (performance.now() - this.#answeredMs > timeoutMs) this.#socket.terminate();
      else this.#send({ case: 'pingReq', value: new Ping({ timestamp: BigInt(Date.now()), rtt: 0n }) });
    }, intervalSeconds * 1000);
  }

  #send(message: Outgoing): void {
    this.#socket.send(new SignalRequest({ message }));
  }

  #received(message: SignalResponse['message']): void {
    this.#answeredMs = performance.now();
    this.#queue = this.#queue
      .then(() => this.#handle(message))
      .catch(error =>
        this.#ends(new LiveKitError(`the LiveKit server’s ${message.case} was not understood: ${error}`)),
      );
  }

  async #handle(message: SignalResponse['message']): Promise<void> {
    if (this.#closed) return;
    const { events } = this.#options;
    switch (message.case) {
      case 'offer': {
        const { sdp, id } = message.value;
        this.#routes = routesIn(sdp);
        await this.#subscriber.setRemoteDescription({ type: 'offer', sdp });
        await this.#subscriber.setLocalDescription(await this.#subscriber.createAnswer());
        this.#listen();
        this.#send({
          case: 'answer',
          value: new SessionDescription({ type: 'answer', sdp: this.#subscriber.localDescription!.sdp, id }),
        });
        return;
      }
      case 'answer':
        return this.#publisher.setRemoteDescription({ type: 'answer', sdp: message.value.sdp });
      case 'trickle': {
        const { target, candidateInit } = message.value;
        return addCandidate(target === SignalTarget.PUBLISHER ? this.#publisher : this.#subscriber, candidateInit);
      }
      case 'trackPublished':
        this.#published.get(message.value.cid)?.resolve(message.value.track?.sid ?? '');
        return;
      case 'update':
        for (const info of message.value.participants) {
          if (info.identity === this.identity) continue;
          this.#sids.set(info.sid, info.identity);
          if (isGone(info)) events.left(info.identity);
          else events.changed(remoteParticipant(info));
        }
        return;
      case 'speakersChanged':
        events.speakers(
          message.value.speakers
            .filter(({ active }) => active)
            .sort((a, b) => b.level - a.level)
            .map(({ sid }) => this.#identityOf(sid)),
        );
        return;
      case 'subscribedQualityUpdate':
        events.watched(message.value.subscribedCodecs.some(each => each.qualities.some(({ enabled }) => enabled)));
        return;
      case 'refreshToken':
        events.token(message.value);
        return;
      case 'leave':
        this.#ends(leaving(message.value));
    }
  }

  #identityOf(sid: string): string {
    if (sid === this.#join.participant?.sid) return this.identity;
    return this.#sids.get(sid) ?? this.others.find(other => other.sid === sid)?.identity ?? '';
  }

  readonly #heard = new WeakSet<object>();
  /** Every packet of the receiving line, once for each transport. */
  #listen(): void {
    for (const transport of this.#subscriber.dtlsTransports) {
      if (this.#heard.has(transport)) continue;
      this.#heard.add(transport);
      transport.onStateChange.subscribe(state => state === 'connected' && keepKeys(this.#subscriber));
      transport.onRtp.subscribe(packet => {
        const trackSid = this.#routes.get(packet.header.ssrc);
        if (trackSid !== undefined) this.#options.events.rtp(trackSid, packet);
      });
    }
  }

  #data(message: string | Buffer): void {
    if (typeof message === 'string' || this.#closed) return;
    let packet: DataPacket;
    try {
      packet = DataPackets.fromBinary(message);
    } catch {
      return;
    }
    this.#options.events.data(packet);
  }

  #ends(error: LiveKitError): void {
    if (this.#closed) return;
    void this.#shut();
    this.#options.events.closed(error);
  }
}
