import path from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { wordsIn } from './hearing.ts';

/** Google's own description of its service, and what that builds on. */
const packages = path.resolve(import.meta.dirname, '../../node_modules');
const definition = loadSync('google/cloud/speech/v2/cloud_speech.proto', {
  includeDirs: ['@google-cloud/speech', 'google-gax'].map(name => path.join(packages, name, 'build/protos')),
  keepCase: true,
  enums: String,
  defaults: false,
  oneofs: true,
});
const service = (definition['google.cloud.speech.v2.Speech'] ?? {}) as grpc.ServiceDefinition;

const MOST_SOUND = 15_360;
/** So much sound is told about while it comes, bytes. */
const PARTIAL_BYTES = 8000;
const PHRASE_WORDS = 3;

interface Request {
  recognizer?: string;
  streaming_config?: {
    config?: { model?: string; language_codes?: string[]; explicit_decoding_config?: Record<string, unknown> };
    streaming_features?: { interim_results?: boolean };
  };
  audio?: Buffer;
}
type Call = grpc.ServerDuplexStream<Request, object>;

/** Google's live recognition, by somebody else's gRPC and Google's description of it, strict about what it is told. */
export class GoogleListeningServer {
  hangs = false;
  readonly problems: string[] = [];
  heardBytes = 0;
  /** Of each stream: what it came with. */
  readonly upgrades: { headers: Record<string, string> }[] = [];
  /** Ends the next streams with this status of HTTP's kind. */
  refuse: number | undefined;
  readonly #server = new grpc.Server();
  readonly #calls = new Set<Call>();
  #port = 0;

  async open(): Promise<void> {
    const unused = (_: unknown, answer: grpc.sendUnaryData<object>) => answer({ code: grpc.status.UNIMPLEMENTED });
    const handlers = Object.fromEntries(Object.keys(service).map(name => [name, unused as grpc.UntypedHandleCall]));
    this.#server.addService(service, {
      ...handlers,
      StreamingRecognize: ((call: Call) => this.#serve(call)) as grpc.UntypedHandleCall,
    });
    this.#port = await new Promise((resolve, reject) =>
      this.#server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      ),
    );
  }
  async close(): Promise<void> {
    this.#server.forceShutdown();
  }
  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  get port(): number {
    return this.#port;
  }
  /** Streams that are open. */
  get connections(): number {
    return this.#calls.size;
  }
  /** Ends them as a dying vendor does. */
  kill(): void {
    for (const call of this.#calls) call.emit('error', { code: grpc.status.UNAVAILABLE, details: 'gone' });
    this.#calls.clear();
  }

  #serve(call: Call): void {
    const headers = Object.fromEntries(Object.entries(call.metadata.getMap()).map(([key, value]) => [key, `${value}`]));
    this.upgrades.push({ headers });
    this.#calls.add(call);
    const gone = () => this.#calls.delete(call);
    call.on('cancelled', gone);
    const fail = (code: grpc.status) => {
      gone();
      call.emit('error', { code, details: 'refused' });
    };
    if (this.refuse !== undefined) {
      fail(STATUSES[this.refuse] ?? grpc.status.UNAVAILABLE);
      return;
    }
    let isConfigured = false;
    let open = Buffer.alloc(0);
    let told = 0;
    const tell = (isFinal: boolean) => {
      const words = wordsIn(open).split(' ').filter(Boolean);
      told = open.length;
      if (isFinal) [open, told] = [Buffer.alloc(0), 0];
      if (words.length === 0) return;
      // What may still change comes in two parts.
      const parts = isFinal || words.length === 1 ? [words] : [words.slice(0, 1), words.slice(1)];
      const results = parts.map(part => ({
        alternatives: [{ transcript: ` ${part.join(' ')}`, confidence: isFinal ? 0.9 : 0 }],
        is_final: isFinal,
        stability: isFinal ? 0 : 0.8,
        result_end_offset: { seconds: 1 },
      }));
      call.write({ results });
    };
    call.on('data', ({ recognizer, streaming_config, audio }: Request) => {
      if (this.hangs) return;
      if (!isConfigured) {
        isConfigured = true;
        const sound = streaming_config?.config?.explicit_decoding_config;
        const isKnown = /^projects\/[\w-]+\/locations\/[\w-]+\/recognizers\/_$/.test(recognizer ?? '');
        const isSound = sound?.encoding === 'LINEAR16' && sound.sample_rate_hertz === 16_000;
        const hasModel = streaming_config?.config?.model && streaming_config.config.language_codes?.length;
        const isRouted = (headers['x-goog-request-params'] ?? '').includes(encodeURIComponent(recognizer ?? ''));
        if (isKnown && isSound && hasModel && isRouted) return;
        this.problems.push(JSON.stringify({ recognizer, streaming_config, headers }));
        fail(grpc.status.INVALID_ARGUMENT);
        return;
      }
      if (audio === undefined || audio.length > MOST_SOUND) this.problems.push(`${audio?.length} bytes of sound`);
      this.heardBytes += audio?.length ?? 0;
      const sound = audio ?? Buffer.alloc(0);
      // A phrase is over where another word begins.
      const isNew = open.length > 1 && sound.length > 1 && open.readInt16LE(open.length - 2) !== sound.readInt16LE(0);
      if (isNew && wordsIn(open).split(' ').length >= PHRASE_WORDS) tell(true);
      open = Buffer.concat([open, sound]);
      if (open.length - told >= PARTIAL_BYTES) tell(false);
    });
    call.on('end', () => {
      if (this.hangs) return;
      tell(true);
      gone();
      call.end();
    });
  }
}

const STATUSES: Record<number, grpc.status> = {
  401: grpc.status.UNAUTHENTICATED,
  402: grpc.status.RESOURCE_EXHAUSTED,
  403: grpc.status.PERMISSION_DENIED,
  404: grpc.status.NOT_FOUND,
  429: grpc.status.RESOURCE_EXHAUSTED,
};
