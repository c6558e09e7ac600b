/**
 * The two peer connections that LiveKit wants: one to publish over, one to receive. ICE, DTLS and data channels are
 * werift's; RTP that goes out takes a shorter way: encrypted as it comes, with a key object made once.
 */
import { createSecretKey } from 'node:crypto';
import {
  useAudioLevelIndication as audioLevel,
  useNACK as nack,
  useOPUS as opus,
  usePLI as pli,
  type RTCDataChannel,
  type RTCDtlsTransport,
  type RTCIceCandidateInit,
  RTCPeerConnection,
  type RTCRtpTransceiver,
  type RtpHeader,
  useVP8 as vp8,
} from 'werift';
import { LiveKitError } from './errors.ts';

export const PAYLOAD = { audio: 111, video: 96 } as const;
const CONNECT_MS = 10_000;

export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** @param loopback candidates of this machine's loopback are offered, too: the server is there */
export function openPeerConnection(iceServers: readonly IceServer[], loopback: boolean): RTCPeerConnection {
  return new RTCPeerConnection({
    codecs: {
      audio: [opus({ payloadType: PAYLOAD.audio })],
      video: [vp8({ payloadType: PAYLOAD.video, rtcpFeedback: [nack(), pli()] })],
    },
    headerExtensions: { audio: [audioLevel()], video: [] },
    bundlePolicy: 'max-bundle',
    // Relays alone: LiveKit learns our address from our own packets, and an answer of STUN is waited for.
    iceServers: iceServers.flatMap(({ urls, username, credential }) =>
      urls.filter(each => /^turns?:/i.test(each)).map(each => ({ urls: each, username, credential })),
    ),
    iceUseIpv6: false,
    ...(loopback && { iceAdditionalHostAddresses: ['127.0.0.1'] }),
  });
}

/** Resolves when it is connected; rejects where that takes too long, or it is closed. */
export function connected(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const fails = (why: string) =>
      reject(
        new LiveKitError(
          `no media line to the LiveKit server could be made (${why}): its UDP ports (rtc.port_range_start … end, or rtc.udp_port) must be open to this machine`,
        ),
      );
    const timer = setTimeout(() => fails(connection.connectionState), CONNECT_MS);
    const look = () => {
      const state = connection.connectionState;
      if (state !== 'connected' && state !== 'failed' && state !== 'closed') return;
      clearTimeout(timer);
      if (state === 'connected') resolve();
      else fails(state);
    };
    connection.connectionStateChange.subscribe(look);
    look();
  });
}

export async function addCandidate(connection: RTCPeerConnection | undefined, init: string): Promise<void> {
  const candidate = JSON.parse(init) as RTCIceCandidateInit;
  // TCP is for those whom UDP does not reach; werift makes none of it.
  if (/\btcp\b/i.test(candidate.candidate ?? '')) return;
  await connection?.addIceCandidate(candidate);
}

/** Resolves with the channel when it is open. */
export function opened(channel: RTCDataChannel): Promise<RTCDataChannel> {
  if (channel.readyState === 'open') return Promise.resolve(channel);
  return new Promise(resolve => channel.stateChanged.subscribe(state => state === 'open' && resolve(channel)));
}

/** Packets that may be asked for again (NACK): half a second of pictures. */
const KEPT = 256;

/** Sends a track's packets as they are, encrypted, and again those that were lost. */
export class OutgoingTrack {
  readonly ssrc: number;
  readonly #transceiver: RTCRtpTransceiver;
  readonly #kept: (Buffer | undefined)[] = new Array(KEPT).fill(undefined);
  readonly #sequences = new Uint16Array(KEPT);

  constructor(transceiver: RTCRtpTransceiver) {
    this.#transceiver = transceiver;
    this.ssrc = transceiver.sender.ssrc;
    transceiver.sender.onGenericNack.subscribe(({ lost }) => {
      for (const sequence of lost) {
        const packet = this.#kept[sequence % KEPT];
        if (packet !== undefined && this.#sequences[sequence % KEPT] === sequence) this.#send(packet);
      }
    });
  }

  /** The id by which a server tells the track. */
  get cid(): string {
    return this.#transceiver.sender.trackId;
  }

  /** The number of the audio level's header extension, as it was agreed. */
  get levelId(): number | undefined {
    return this.#transceiver.headerExtensions.find(({ uri }) => uri.endsWith(':ssrc-audio-level'))?.id;
  }

  /** @param packet RTP of this track's SSRC; `payloadAt`: where its payload begins */
  send(packet: Buffer, payloadAt: number): void {
    const cipher = this.#connected?.srtp;
    if (cipher === undefined) return;
    const sequenceNumber = packet.readUInt16BE(2);
    const header = packet.subarray(0, payloadAt);
    // All that the cipher asks a header.
    const plain = { ssrc: this.ssrc, sequenceNumber, serializeSize: payloadAt, serialize: () => header };
    const encrypted = cipher.encrypt(packet.subarray(payloadAt), plain as unknown as RtpHeader);
    this.#kept[sequenceNumber % KEPT] = encrypted;
    this.#sequences[sequenceNumber % KEPT] = sequenceNumber;
    this.#send(encrypted);
  }

  /** @param packet compound RTCP, a sender report of this track first */
  sendRtcp(packet: Buffer): void {
    const cipher = this.#connected?.srtcp;
    if (cipher !== undefined) this.#send(cipher.encrypt(packet));
  }

  #send(packet: Buffer): void {
    this.#connected?.iceTransport.connection.send(packet).catch(() => {
      // the line is being lost, which its state tells
    });
  }

  get #connected(): RTCDtlsTransport | undefined {
    const transport = this.#transceiver.dtlsTransport;
    return transport?.state === 'connected' ? transport : undefined;
  }
}

/** From raw bytes, a key object is made for every packet, which is five times as dear as the rest of the cipher. */
export function keepKeys(connection: RTCPeerConnection): void {
  for (const { srtp } of connection.dtlsTransports)
    if (srtp !== undefined)
      for (const { cipher } of [srtp.localContext, srtp.remoteContext])
        if (Buffer.isBuffer(cipher.srtpSessionKey))
          Object.assign(cipher, { srtpSessionKey: createSecretKey(cipher.srtpSessionKey) });
}
