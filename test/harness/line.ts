/**
 * One WebRTC transport of a simulated person: real ICE (RFC 8445, against an ICE-lite server), DTLS-SRTP and RTP, but
 * no jitter buffer and no decoder, so that a hundred fit into one process. Packets whose content does not matter are
 * told by their headers, which SRTP leaves readable, and are never decrypted.
 */
import { createSecretKey } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  CipherContext,
  classes,
  DtlsClient,
  HashAlgorithm,
  keyLength,
  Message,
  methods,
  NamedCurveAlgorithm,
  ProtectionProfileAeadAes128Gcm,
  RTCCertificate,
  type RtpHeader,
  SignatureAlgorithm,
  SrtcpSession,
  SrtpSession,
  saltLength,
} from 'werift';
import type { TransportInfo } from '../../protocol/signaling.ts';

/** The server forgets who is silent for 30 s (RFC 7675). */
const CONSENT_MS = 5000;
const CONNECT_MS = 10_000;
const RETRY_MS = 200;
/** RFC 8445 5.1.2: of a host candidate. */
const PRIORITY = 0x7e_ff_ff_ff;
const UFRAG = 'load';

interface Candidate {
  ip?: string;
  address?: string;
  port: number;
  protocol: 'udp' | 'tcp';
}

export interface LineEvents {
  /** An RTP packet, still encrypted; its header is not. */
  rtp(packet: Buffer): void;
  /** An RTCP packet, still encrypted but for its first eight bytes. */
  rtcp?(packet: Buffer): void;
}

let certificate: Promise<{ cert: string; key: string; fingerprint: string }> | undefined;

export class Line {
  readonly #socket: Socket;
  readonly #remote: { address: string; port: number };
  readonly #ice: { usernameFragment: string; password: string };
  readonly #events: LineEvents;
  readonly #answered = Promise.withResolvers<void>();
  #consent: NodeJS.Timeout | undefined;
  #dtls: DtlsClient | undefined;
  #srtp: SrtpSession | undefined;
  #srtcp: SrtcpSession | undefined;
  #fromDtls: (data: Buffer) => void = () => {};

  /** @param connect tells the server our side of DTLS (`transport.connect`) */
  static async open(
    transport: TransportInfo,
    connect: (dtlsParameters: Record<string, unknown>) => Promise<unknown>,
    events: LineEvents,
  ): Promise<Line> {
    const line = new Line(transport, events);
    try {
      await line.#open(connect);
    } catch (error) {
      line.close();
      throw error;
    }
    return line;
  }

  private constructor({ iceParameters, iceCandidates }: TransportInfo, events: LineEvents) {
    const [candidate] = (iceCandidates as unknown as Candidate[]).filter(({ protocol }) => protocol === 'udp');
    if (candidate === undefined) throw new Error('the server offers no UDP');
    this.#remote = { address: (candidate.address ?? candidate.ip)!, port: candidate.port };
    this.#ice = iceParameters as unknown as { usernameFragment: string; password: string };
    this.#events = events;
    this.#socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 19 });
    this.#socket.on('message', data => this.#received(data));
    this.#socket.on('error', () => {});
  }

  /** Content of a packet that `rtp` was told of. Throws when it was tampered with. */
  decrypt(packet: Buffer): Buffer {
    return this.#srtp!.decrypt(packet);
  }

  /** Content of a packet that `rtcp` was told of. */
  decryptRtcp(packet: Buffer): Buffer {
    return this.#srtcp!.decrypt(packet);
  }

  send(header: RtpHeader, payload: Buffer): void {
    this.#raw(this.#srtp!.encrypt(payload, header));
  }

  close(): void {
    clearInterval(this.#consent);
    this.#dtls?.close();
    this.#socket.close();
  }

  async #open(connect: (dtlsParameters: Record<string, unknown>) => Promise<unknown>): Promise<void> {
    certificate ??= makeCertificate();
    const { cert, key, fingerprint } = await certificate;
    this.#socket.bind(0);
    await once(this.#socket, 'listening');
    await connect({ role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] });
    const deadline = AbortSignal.timeout(CONNECT_MS);
    const tooLate = new Promise<never>((_, reject) =>
      deadline.addEventListener('abort', () => reject(new Error('no answer from the media server')), { once: true }),
    );
    const asking = setInterval(() => this.#ask(), RETRY_MS);
    this.#ask();
    try {
      await Promise.race([this.#answered.promise, tooLate]);
    } finally {
      clearInterval(asking);
    }
    this.#consent = setInterval(() => this.#ask(), CONSENT_MS);
    const dtls = new DtlsClient({
      cert,
      key,
      signatureHash: { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
      srtpProfiles: [ProtectionProfileAeadAes128Gcm],
      extendedMasterSecret: true,
      transport: this.#dtlsTransport(),
    });
    this.#dtls = dtls;
    const connected = Promise.withResolvers<void>();
    dtls.onConnect.once(() => connected.resolve());
    dtls.onError.once(error => connected.reject(error));
    dtls.connect().catch(connected.reject);
    await Promise.race([connected.promise, tooLate]);
    const profile = dtls.srtp.srtpProfile!;
    const keys = dtls.extractSessionKeys(keyLength(profile), saltLength(profile));
    const config = {
      profile,
      keys: {
        localMasterKey: keys.localKey,
        localMasterSalt: keys.localSalt,
        remoteMasterKey: keys.remoteKey,
        remoteMasterSalt: keys.remoteSalt,
      },
    };
    this.#srtp = new SrtpSession(config);
    for (const { cipher } of [this.#srtp.localContext, this.#srtp.remoteContext]) keepKey(cipher);
    this.#srtcp = new SrtcpSession(config);
  }

  /** A binding request that nominates this path. */
  #ask(): void {
    const request = new Message(methods.BINDING, classes.REQUEST);
    request
      .setAttribute('USERNAME', `${this.#ice.usernameFragment}:${UFRAG}`)
      .setAttribute('PRIORITY', PRIORITY)
      .setAttribute('ICE-CONTROLLING', 1n)
      .setAttribute('USE-CANDIDATE', null);
    request.addMessageIntegrity(Buffer.from(this.#ice.password)).addFingerprint();
    this.#raw(request.bytes);
  }

  /** RFC 7983: the first byte says what a packet is. */
  #received(data: Buffer): void {
    const first = data[0] ?? 0;
    if (first < 4) this.#answered.resolve();
    else if (first >= 20 && first < 64) this.#fromDtls(data);
    else if (first >= 128 && this.#srtp !== undefined) {
      if (data[1]! >= 192 && data[1]! <= 223) this.#events.rtcp?.(data);
      else this.#events.rtp(data);
    }
  }

  #raw(data: Buffer): void {
    this.#socket.send(data, this.#remote.port, this.#remote.address, () => {});
  }

  #dtlsTransport() {
    const line = this;
    const address = this.#socket.address();
    return {
      type: 'udp',
      address,
      closed: false,
      set onData(listener: (data: Buffer, from: readonly [string, number]) => void) {
        line.#fromDtls = data => listener(data, [line.#remote.address, line.#remote.port]);
      },
      get onData() {
        return () => {};
      },
      send: async (data: Buffer) => line.#raw(data),
      close: async () => {},
    };
  }
}

/** A key object made once: from raw bytes, one is made for every packet, five times as dear as the rest of the cipher. */
function keepKey(cipher: { srtpSessionKey: Buffer }): void {
  Object.assign(cipher, { srtpSessionKey: createSecretKey(cipher.srtpSessionKey) });
}

async function makeCertificate() {
  const { certPem, keyPem, signatureHash } = await CipherContext.createSelfSignedCertificateWithKey(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  );
  const [fingerprint] = new RTCCertificate(keyPem, certPem, signatureHash).getFingerprints();
  return { cert: certPem, key: keyPem, fingerprint: fingerprint!.value };
}
