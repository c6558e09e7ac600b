/** Takes avatars' tokens over HTTP, as LiveKit's own avatar workers do, and lends each a face. */
import { timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { z } from 'zod';
import { AvatarId } from '../../protocol/portraits.ts';
import type { Avatars } from '../avatars.ts';
import type { MediaPool } from '../media/conversation-media.ts';
import { WorkerFace } from './face.ts';

const MOST_BYTES = 16_384;
const REQUEST_MS = 15_000;

/** What is asked: join with this token, and show this face. */
const Launch = z.object({
  url: z.url({ protocol: /^(wss?|https?)$/ }),
  token: z.string().min(1).max(8192),
  /** Of the shipped ones, or a portrait; absent: the usual one. */
  avatar: AvatarId.optional(),
  /** Whose voice it is, where the token does not say it. */
  agent: z.string().min(1).max(256).optional(),
});

export interface WorkerOptions {
  host: string;
  port: number;
  /** Whoever shows it may launch; absent: everybody who reaches the port, which is then this machine. */
  secret?: string;
  /** Faces at a time. */
  capacity: number;
  avatars: Pick<Avatars, 'folder'>;
  usual: string;
  pool: Pick<MediaPool, 'take'>;
  log: Logger;
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class AvatarWorker {
  readonly #options: WorkerOptions;
  readonly #server: http.Server;
  readonly #faces = new Set<WorkerFace>();
  #opening = 0;
  #closing = false;

  static async open(options: WorkerOptions): Promise<AvatarWorker> {
    const worker = new AvatarWorker(options);
    await new Promise<void>((resolve, reject) => {
      worker.#server.once('error', reject);
      worker.#server.listen(options.port, options.host, resolve);
    });
    return worker;
  }

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
    this.#server.requestTimeout = REQUEST_MS;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get faces(): number {
    return this.#faces.size;
  }

  /** Takes nothing more, and ends every face. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await Promise.all([closed, ...[...this.#faces].map(face => face.close())]);
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    try {
      const { pathname } = new URL(request.url ?? '/', 'http://worker');
      if (request.method === 'GET' && pathname === '/health')
        return answer(200, { faces: this.#faces.size, capacity: this.#options.capacity });
      if (request.method !== 'POST' || pathname !== '/launch')
        throw new Refused(404, 'there is POST /launch and GET /health');
      this.#admit(request);
      await this.#launch(Launch.parse(JSON.parse(await bodyOf(request))));
      answer(200, { launched: true });
    } catch (error) {
      const wrong = error instanceof z.ZodError || error instanceof SyntaxError || error instanceof TypeError;
      const status = error instanceof Refused ? error.status : wrong ? 400 : 502;
      answer(status, { error: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message });
    }
  }

  #admit({ headers }: http.IncomingMessage): void {
    const { secret } = this.#options;
    // Pages of others cannot say that it is JSON without asking first, which is not answered.
    if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
      throw new Refused(415, 'the body must be application/json');
    if (secret === undefined) return;
    const [shown, known] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${secret}`)];
    if (shown.length !== known.length || !timingSafeEqual(shown, known))
      throw new Refused(401, 'show AVATAR_WORKER_SECRET as bearer token');
  }

  async #launch({ url, token, avatar, agent }: z.infer<typeof Launch>): Promise<void> {
    const { avatars, usual, pool, capacity, log } = this.#options;
    if (this.#closing || this.#faces.size + this.#opening >= capacity)
      throw new Refused(503, `all ${capacity} faces are taken`);
    const rig = avatar === undefined ? usual : avatars.folder(avatar);
    if (rig === undefined) throw new Refused(404, `there is no avatar ${avatar}`);
    this.#opening += 1;
    try {
      const media = pool.take(rig);
      await media.faceReady;
      const face: WorkerFace = await WorkerFace.open({
        url,
        token,
        ...(agent !== undefined && { agent }),
        media,
        log,
        ended: reason => {
          this.#faces.delete(face);
          log.info({ reason }, 'a face has left its room');
        },
      });
      this.#faces.add(face);
      log.info({ avatar: avatar ?? 'the usual one', url: new URL(url).host }, 'a face has joined a room');
    } finally {
      this.#opening -= 1;
    }
  }
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  for await (const piece of request) {
    body += piece;
    if (body.length > MOST_BYTES) throw new Refused(413, `the body has more than ${MOST_BYTES} bytes`);
  }
  return body;
}
