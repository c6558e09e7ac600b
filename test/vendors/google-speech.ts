import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { wavOf } from '../../agents/speak/wav.ts';
import { speaking } from './speaking.ts';

const FIELDS: Record<string, string[]> = {
  '': ['input', 'voice', 'audioConfig', 'enableTimePointing'],
  input: ['text', 'ssml'],
  voice: ['languageCode', 'name', 'ssmlGender'],
  audioConfig: ['audioEncoding', 'sampleRateHertz', 'speakingRate', 'pitch'],
};
const MOST_BYTES = 5000;

export type GoogleSpeechFault = 401 | 402 | 403 | 429 | 500 | 'hang' | 'hang later' | 'cut off' | 'page' | 'no marks';

interface Asked {
  input: { text?: string; ssml?: string };
  voice: { languageCode: string; name: string };
  audioConfig: { audioEncoding: string; sampleRateHertz: number; speakingRate?: number };
  enableTimePointing?: string[];
}

/** Google's Cloud Text-to-Speech over HTTP, strict about what it is told. */
export class GoogleSpeechServer {
  fault: GoogleSpeechFault | undefined;
  readonly asked: { body: Asked; headers: http.IncomingHttpHeaders }[] = [];
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
    const body = JSON.parse(text) as Asked;
    response.on('close', () => {
      if (!response.writableEnded) this.hungUp++;
    });
    const unknown = Object.entries(FIELDS).flatMap(([name, known]) => {
      const fields = name === '' ? body : body[name as 'input'];
      return Object.keys(fields ?? {}).filter(key => !known.includes(key));
    });
    const { ssml, text: plain } = body.input;
    const hasMarks = /-(?:Neural2|Wavenet|Standard)-/.test(body.voice.name);
    const wrong =
      request.url !== '/v1beta1/text:synthesize' ||
      unknown.length > 0 ||
      (ssml === undefined) === (plain === undefined) ||
      Buffer.byteLength(ssml ?? plain ?? '') > MOST_BYTES ||
      body.audioConfig.audioEncoding !== 'LINEAR16' ||
      !body.voice.name.startsWith(body.voice.languageCode) ||
      (ssml !== undefined && !hasMarks);
    if (wrong) {
      this.problems.push(`${request.url} ${unknown} ${text.slice(0, 300)}`);
      refuse(response, 400, 'INVALID_ARGUMENT');
      return;
    }
    this.asked.push({ body, headers: request.headers });
    const { fault } = this;
    if (typeof fault === 'number') refuse(response, fault, 'REFUSED');
    else if (fault === 'page') response.writeHead(200).end('<html>hello</html>');
    else if (fault !== 'hang') await this.#answer(response, body);
  }

  async #answer(response: http.ServerResponse, { input, audioConfig, enableTimePointing }: Asked): Promise<void> {
    const { text, marks } = saidOf(input.ssml ?? input.text ?? '', input.ssml !== undefined);
    const rate = audioConfig.sampleRateHertz;
    const said = await speaking(text, rate).catch(() => undefined);
    const pcm = said?.pcm ?? new Int16Array(0);
    const timepoints =
      enableTimePointing?.includes('SSML_MARK') && said !== undefined
        ? marks
            .slice(this.fault === 'no marks' ? 1 : 0)
            .map(({ name, at }) => ({ markName: name, timeSeconds: said.characters[at]?.startS ?? 0 }))
        : undefined;
    const answer = Buffer.from(
      JSON.stringify({ audioContent: wavOf(pcm, rate).toString('base64'), ...(timepoints && { timepoints }) }),
    );
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
    const middle = Math.floor(answer.length / 2) + 1;
    response.write(answer.subarray(0, middle));
    await new Promise(resolve => setImmediate(resolve));
    if (this.fault === 'cut off') response.destroy();
    else if (this.fault !== 'hang later') response.end(answer.subarray(middle));
  }
}

/** What is said, and where in its characters the marks stand. */
function saidOf(input: string, isSsml: boolean): { text: string; marks: { name: string; at: number }[] } {
  if (!isSsml) return { text: input, marks: [] };
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  const marks: { name: string; at: number }[] = [];
  let text = '';
  for (const { 0: part, 1: name } of input.matchAll(/<mark name="(\w+)"\/>|<\/?speak>|[^<]+/g)) {
    if (name !== undefined) marks.push({ name, at: [...text].length });
    else if (!part.startsWith('<')) text += part.replace(/&(\w+);/g, (_, sign: string) => signs[sign]!);
  }
  return { text, marks };
}

const refuse = (response: http.ServerResponse, code: number, status: string) =>
  response
    .writeHead(code, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { code, message: 'no', status } }));
