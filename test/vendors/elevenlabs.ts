import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { speaking } from './speaking.ts';

/** What it takes of a question; anything else is refused. */
const FIELDS = [
  'text',
  'model_id',
  'voice_settings',
  'language_code',
  'seed',
  'previous_text',
  'next_text',
  'apply_text_normalization',
];
const VOICE = ['stability', 'similarity_boost', 'style', 'use_speaker_boost', 'speed'];
const PATH = /^\/v1\/text-to-speech\/([^/]+)\/stream\/with-timestamps\?output_format=pcm_24000$/;
const RATE = 24_000;
/** Of sound, in a line. */
const LINE_SAMPLES = 5001;

export type ElevenLabsFault = 'auth' | 'quota' | 'busy' | 'down' | 'hang' | 'hang later' | 'cut off' | 'page';

/** ElevenLabs' speech with timestamps: lines of JSON cut anywhere, some without times. */
export class ElevenLabsServer {
  fault: ElevenLabsFault | undefined;
  readonly asked: { voice: string; body: Record<string, unknown>; key: string | undefined }[] = [];
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
    const body = JSON.parse(text) as Record<string, unknown>;
    const voice = PATH.exec(request.url ?? '')?.[1];
    const stop = new AbortController();
    response.on('close', () => {
      if (response.writableEnded) return;
      this.hungUp++;
      stop.abort(new Error('hung up'));
    });
    const unknown = [
      ...Object.keys(body).filter(key => !FIELDS.includes(key)),
      ...Object.keys(body.voice_settings ?? {}).filter(key => !VOICE.includes(key)),
    ];
    if (voice === undefined || unknown.length > 0) {
      this.problems.push(`${request.url} ${unknown}`);
      refuse(response, 422, { type: 'validation_error', status: 'invalid' });
      return;
    }
    this.asked.push({ voice: decodeURIComponent(voice), body, key: request.headers['xi-api-key'] as string });
    if (this.fault === 'auth') refuse(response, 401, { status: 'invalid_api_key' });
    else if (this.fault === 'quota') refuse(response, 401, { status: 'quota_exceeded' });
    else if (this.fault === 'busy') refuse(response, 429, { status: 'system_busy' });
    else if (this.fault === 'down') response.writeHead(500).end('<html>down</html>');
    else if (this.fault === 'page') response.writeHead(200).end('<html>hello</html>\n');
    else if (this.fault !== 'hang')
      await this.#speak(response, String(body.text), stop.signal).catch(() => response.destroy());
  }

  async #speak(response: http.ServerResponse, text: string, signal: AbortSignal): Promise<void> {
    const { pcm, characters } = await speaking(text, RATE, signal);
    response.writeHead(200, { 'content-type': 'application/json' });
    for (let at = 0; at < pcm.length; at += LINE_SAMPLES) {
      if (signal.aborted) return;
      const part = pcm.slice(at, at + LINE_SAMPLES);
      const [fromS, toS] = [at / RATE, (at + part.length) / RATE];
      const isLast = at + LINE_SAMPLES >= pcm.length;
      const said = characters.filter(({ startS }) => startS >= fromS && (startS < toS || isLast));
      const alignment = {
        characters: said.map(({ character }) => character),
        character_start_times_seconds: said.map(({ startS }) => startS),
        character_end_times_seconds: said.map(({ endS }) => endS),
      };
      const json = JSON.stringify({
        audio_base64: Buffer.from(part.buffer).toString('base64'),
        alignment: said.length === 0 ? null : alignment,
        normalized_alignment: null,
      });
      // Lines are cut in their middle, and characters, too.
      const bytes = Buffer.from(`${json}\n`);
      const middle = Math.floor(bytes.length / 2) + 1;
      response.write(bytes.subarray(0, middle));
      await new Promise(resolve => setImmediate(resolve));
      response.write(bytes.subarray(middle));
      if (this.fault === 'cut off') {
        response.destroy();
        return;
      }
      if (this.fault === 'hang later') return;
    }
    response.end();
  }
}

const refuse = (response: http.ServerResponse, status: number, detail: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ detail }));
