/** Our face in a foreign agent's LiveKit room, for as long as that agent is there. */
import type { Logger } from 'pino';
import { AgentLine } from '../../livekit/agent-line.ts';
import { ByteReader } from '../../livekit/byte-streams.ts';
import { Participant } from '../../livekit/participant.ts';
import { Rpc } from '../../livekit/rpc.ts';
import { steadyUnixMs } from '../base/clock.ts';
import type { ConversationMedia } from '../media/conversation-media.ts';
import { RtpLine } from '../media/rtp-line.ts';
import { METHOD, Segments, TOPIC } from './segments.ts';

/** Attribute of the avatar's token: on whose behalf it speaks. */
const ON_BEHALF = 'lk.publish_on_behalf';
const LOOPBACK = '127.0.0.1';
/** LiveKit gives slow viewers less. */
const BITRATE = 8_000_000;

export interface FaceOptions {
  url: string;
  token: string;
  /** Who speaks, where the token does not say it. */
  agent?: string;
  media: ConversationMedia;
  log: Logger;
  /** It is over. */
  ended(reason: string): void;
}

/** Whose voice a token's bearer shows: read, not checked, which is the LiveKit server's to do. */
export function agentOf(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString()) as {
      attributes?: Record<string, unknown>;
    };
    const agent = claims.attributes?.[ON_BEHALF];
    return typeof agent === 'string' && agent !== '' ? agent : undefined;
  } catch {
    return undefined;
  }
}

export class WorkerFace {
  readonly #options: FaceOptions;
  readonly #line: AgentLine;
  readonly #stage: RtpLine;
  readonly #agent: string;
  #participant: Participant | undefined;
  #rpc: Rpc | undefined;
  #closed: Promise<void> | undefined;

  /** Joins. Rejects with a LiveKitError that says what to do. */
  static async open(options: FaceOptions): Promise<WorkerFace> {
    const agent = agentOf(options.token) ?? options.agent;
    if (agent === undefined) throw new TypeError(`the token names no agent (attribute ${ON_BEHALF}), nor does "agent"`);
    let face: WorkerFace | undefined;
    const line = await AgentLine.open(LOOPBACK, () => face?.participant);
    face = new WorkerFace(options, agent, line);
    try {
      await face.#open();
    } catch (error) {
      await face.close();
      throw error;
    }
    return face;
  }

  private constructor(options: FaceOptions, agent: string, line: AgentLine) {
    this.#options = options;
    this.#agent = agent;
    this.#line = line;
    this.#stage = new RtpLine(options.media);
  }

  get participant(): Participant | undefined {
    return this.#participant;
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      this.#rpc?.close();
      await Promise.all([this.#participant?.close(), this.#stage.close(), this.#line.close()]);
    })();
    return this.#closed;
  }

  async #open(): Promise<void> {
    const { url, token, media, log } = this.#options;
    const { width, height } = media.face;
    const segments = new Segments(
      this.#stage.stage,
      {
        tell: (method, payload) => {
          // An older agent has no ear for when it begins.
          this.#rpc
            ?.call(this.#agent, method, payload)
            .catch(error => log.debug({ method, reason: String(error) }, 'the agent took no notice'));
        },
        refused: reason => log.warn({ reason }, 'a voice was not spoken'),
      },
      steadyUnixMs,
    );
    const bytes = new ByteReader(stream =>
      stream.topic === TOPIC && stream.from === this.#agent ? segments.begin(stream) : undefined,
    );
    this.#rpc = new Rpc(packet => this.#participant?.send(packet), {
      [METHOD.clear]: (_payload, from) => {
        if (from !== this.#agent) throw new Error('only the agent whose face this is may do that');
        segments.clear();
        return 'ok';
      },
    });
    this.#stage.attach({
      sound: () => {},
      progress: progress => {
        segments.progressed(progress);
        this.#look(segments.isSpeaking);
      },
      failed: message => this.#ends(`the face failed: ${message}`),
    });
    const port = await media.bound;
    this.#line.serve({ ip: LOOPBACK, port, audioSsrc: media.audioSsrc, videoSsrc: media.videoSsrc });
    this.#stage.connect(LOOPBACK, this.#line.port);
    this.#participant = await Participant.join({
      url,
      token,
      publishes: { face: { width, height } },
      events: {
        changed: () => {},
        left: identity => {
          if (identity === this.#agent) this.#ends('the agent left');
        },
        speakers: () => {},
        rtp: () => {},
        rtcp: packet => this.#line.rtcp(packet),
        data: packet => {
          if (this.#rpc?.add(packet) === false) bytes.add(packet);
        },
        watched: watched => this.#stage.viewers(watched ? 1 : 0, BITRATE),
        token: () => {},
        closed: error => this.#ends(error.message),
      },
    });
    this.#look(false);
  }

  /** Who listens looks otherwise than who speaks. */
  #look(speaking: boolean): void {
    this.#stage.stage.mood({ state: speaking ? 'speaking' : 'listening', emotion: 'neutral', intensity: 0 });
  }

  #ends(reason: string): void {
    if (this.#closed !== undefined) return;
    void this.close().then(() => this.#options.ended(reason));
  }
}
