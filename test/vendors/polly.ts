import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureOf } from '../../agents/providers/polly/signing.ts';
import { speaking } from './speaking.ts';

const FIELDS = [
  'Engine',
  'LanguageCode',
  'OutputFormat',
  'SampleRate',
  'SpeechMarkTypes',
  'Text',
  'TextType',
  'VoiceId',
];
const ENGINES = ['standard', 'neural', 'long-form', 'generative'];
/** Samples are cut in their middle. */
const PIECE_BYTES = 9601;
/** By letter, its viseme: enough to see which mouth is where. */
const VISEMES: Record<string, string> = {
  a: 'a',
  e: 'E',
  i: 'i',
  o: 'o',
  u: 'u',
  b: 'p',
  p: 'p',
  m: 'p',
  f: 'f',
  ' ': 'sil',
};

export type PollyFault = 400 | 403 | 429 | 500 | 'throttled' | 'hang' | 'hang later' | 'cut off' | 'no marks' | 'page';

interface Asked {
  Engine?: string;
  OutputFormat: string;
  SampleRate?: string;
  SpeechMarkTypes?: string[];
  Text: string;
  TextType?: string;
  VoiceId: string;
}

/** Amazon Polly, strict about what it is told, and by whom. */
export class PollyServer {
  static readonly secret = 'wJalrXUtnFEMI';
  fault: PollyFault | undefined;
  readonly asked: Asked[] = [];
  readonly problems: string[] = [];
  hungUp = 0;
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += part;
    response.on('close', () => {
      if (!response.writableEnded) this.hungUp++;
    });
    if (!isSigned(request, text)) {
      refuse(response, 403, 'InvalidSignatureException');
      return;
    }
    const body = JSON.parse(text) as Asked;
    const unknown = Object.keys(body).filter(key => !FIELDS.includes(key));
    const isJson = body.OutputFormat === 'json';
    const wrong =
      request.url !== '/v1/speech' ||
      unknown.length > 0 ||
      !ENGINES.includes(body.Engine ?? 'standard') ||
      isJson !== (body.SpeechMarkTypes !== undefined) ||
      (!isJson && (body.OutputFormat !== 'pcm' || !['8000', '16000'].includes(body.SampleRate ?? ''))) ||
      (isJson && body.Engine === 'generative');
    if (wrong) {
      this.problems.push(text);
      refuse(response, 400, 'ValidationException');
      return;
    }
    this.asked.push(body);
    const { fault } = this;
    if (typeof fault === 'number') refuse(response, fault, 'ServiceFailureException');
    else if (fault === 'throttled') refuse(response, 400, 'ThrottlingException', 'Rate exceeded');
    else if (fault === 'page' && isJson) response.writeHead(200).end('<html>hello</html>');
    else if (fault === 'no marks' && isJson) refuse(response, 500, 'ServiceFailureException');
    else if (fault !== 'hang') await this.#speak(response, body, isJson);
  }

  async #speak(response: http.ServerResponse, body: Asked, isJson: boolean): Promise<void> {
    const text = body.TextType === 'ssml' ? plain(body.Text) : body.Text;
    const said = await speaking(text, Number(body.SampleRate ?? 16_000)).catch(() => undefined);
    const bytes = isJson
      ? Buffer.from(marksOf(text, said?.characters ?? []))
      : Buffer.from(said?.pcm.buffer ?? new ArrayBuffer(0));
    response.writeHead(200, { 'content-type': isJson ? 'application/x-json-stream' : 'audio/pcm' });
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      response.write(bytes.subarray(at, at + PIECE_BYTES));
      await new Promise(resolve => setImmediate(resolve));
      if (this.fault === 'hang later' && !isJson) return;
      if (this.fault === 'cut off' && !isJson) {
        response.destroy();
        return;
      }
    }
    response.end();
  }
}

function marksOf(text: string, characters: readonly { startS: number }[]): string {
  const ms = (index: number) => Math.round((characters[[...text.slice(0, index)].length]?.startS ?? 0) * 1000);
  const words = [...text.matchAll(/[\p{L}\p{N}']+/gu)].map(({ 0: value, index }) => {
    const start = Buffer.byteLength(text.slice(0, index));
    return { time: ms(index), type: 'word', start, end: start + Buffer.byteLength(value), value };
  });
  const visemes = [...text].map((letter, i) => ({
    time: Math.round((characters[i]?.startS ?? 0) * 1000),
    type: 'viseme',
    value: VISEMES[letter.toLowerCase()] ?? 't',
  }));
  return [...words, ...visemes]
    .toSorted((a, b) => a.time - b.time)
    .map(mark => `${JSON.stringify(mark)}\n`)
    .join('');
}

function plain(ssml: string): string {
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return ssml.replace(/<[^<>]*>/g, '').replace(/&(\w+);/g, (_, name: string) => signs[name]!);
}

/** As the service does: from the headers that are said to be signed. */
function isSigned(request: http.IncomingMessage, body: string): boolean {
  const { authorization = '' } = request.headers;
  const [, day = '', region = '', service = ''] =
    /Credential=[^/]+\/(\d+)\/([\w-]+)\/(\w+)\//.exec(authorization) ?? [];
  const names = /SignedHeaders=([\w;-]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const at = String(request.headers['x-amz-date'] ?? '');
  const headers = Object.fromEntries(names.map(name => [name, String(request.headers[name] ?? '')]));
  const how = { at, region, service, secret: PollyServer.secret };
  const { signature } = signatureOf({ path: request.url ?? '', headers, body }, how);
  return names.includes('host') && at.startsWith(day) && service === 'polly' && authorization.endsWith(signature);
}

const refuse = (response: http.ServerResponse, status: number, type: string, message = 'no') =>
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ message }));
