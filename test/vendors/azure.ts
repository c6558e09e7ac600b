import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { binaryOf, readClient, type ServiceMessage, textOf, wrongAddress } from './azure-messages.ts';
import { speaking } from './speaking.ts';
import { VendorServer } from './vendor-server.ts';

const OPTIONS = [
  'bookmarkEnabled',
  'punctuationBoundaryEnabled',
  'sentenceBoundaryEnabled',
  'sessionEndEnabled',
  'visemeEnabled',
  'wordBoundaryEnabled',
];
const FORMATS: Record<string, number> = {
  'raw-16khz-16bit-mono-pcm': 16_000,
  'raw-24khz-16bit-mono-pcm': 24_000,
  'raw-48khz-16bit-mono-pcm': 48_000,
};
/** Bytes of sound in a message: samples are cut in their middle. */
const PIECE_BYTES = 9601;
const TICKS = 1e7;
/** By letter, its viseme: enough to see which mouth is where. */
const VISEMES: Record<string, number> = {
  a: 2,
  e: 4,
  i: 6,
  o: 8,
  u: 7,
  b: 21,
  p: 21,
  m: 21,
  f: 18,
  v: 18,
  ' ': 0,
};
const OTHER = 19;

export type AzureFault = 'hang' | 'hang later' | 'die' | { close: number; reason: string };

/** Azure's speech, strict about what it is told. */
export class AzureSpeechServer extends VendorServer {
  fault: AzureFault | undefined;
  /** Whether its voice tells visemes: not all do. */
  hasVisemes = true;
  readonly asked: { text: string; ssml: string }[] = [];

  protected serve(socket: WebSocket, request: IncomingMessage): void {
    const wrong = wrongAddress(request, ['/tts/cognitiveservices/websocket/v1'], []);
    if (wrong !== undefined) this.problems.push(wrong);
    const contexts = new Map<string, Context>();
    let isConfigured = false;
    let speaking = false;
    const serve = async (message: ServiceMessage) => {
      if (message.path === 'speech.config') {
        isConfigured = true;
        return;
      }
      if (!isConfigured) throw new Error('no speech.config');
      if (message.path === 'synthesis.context') contexts.set(message.requestId, contextOf(message));
      else if (message.path === 'ssml') {
        if (speaking) throw new Error('two sentences at once');
        speaking = true;
        await this.#speak(socket, message, contexts.get(message.requestId));
        speaking = false;
      } else throw new Error(message.path);
    };
    socket.on('message', (data, isBinary) => {
      void (async () => serve(readClient(data as Buffer, isBinary)))().catch(error => {
        this.problems.push(String(error));
        socket.close(1007, 'what was sent cannot be read');
      });
    });
  }

  async #speak(socket: WebSocket, { requestId, body }: ServiceMessage, context: Context | undefined): Promise<void> {
    if (context === undefined) throw new Error('no synthesis.context');
    const ssml = String(body);
    const text = saidOf(ssml);
    this.asked.push({ text, ssml });
    const { fault } = this;
    if (fault === 'hang') return;
    if (typeof fault === 'object') {
      socket.close(fault.close, fault.reason);
      return;
    }
    const send = (path: string, more: object) => socket.send(textOf(path, requestId, more));
    send('turn.start', { context: { serviceTag: 'x' } });
    send('response', { context: { serviceTag: 'x' }, audio: { type: 'inline', streamId: 'ABC' } });
    const said = await speaking(text, context.rate).catch(() => undefined);
    if (said !== undefined) {
      const { pcm, characters } = said;
      const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
      const marks = this.#marks(text, characters, context);
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        if (socket.readyState !== 1) return;
        // What it tells of the sound comes before the sound.
        const untilS = (at + PIECE_BYTES) / 2 / context.rate;
        const own = marks.splice(0, marks.filter(({ Data }) => Data.Offset <= untilS * TICKS).length);
        if (own.length > 0) send('audio.metadata', { Metadata: own });
        socket.send(binaryOf('audio', requestId, bytes.subarray(at, at + PIECE_BYTES), 'ABC'));
        await new Promise(resolve => setImmediate(resolve));
        if (fault === 'hang later') return;
        if (fault === 'die') socket.terminate();
      }
    }
    if (socket.readyState !== 1) return;
    socket.send(binaryOf('audio', requestId, Buffer.alloc(0), 'ABC'));
    send('turn.end', {});
  }

  #marks(text: string, characters: readonly { startS: number; endS: number }[], { asks }: Context) {
    const at = (index: number) => characters[[...text.slice(0, index)].length]!;
    const ticks = (seconds: number) => Math.round(seconds * TICKS);
    const words = [...text.matchAll(/[\p{L}\p{N}']+|[.,!?]/gu)].map(({ 0: Text, index }) => ({
      Type: 'WordBoundary',
      Data: {
        Offset: ticks(at(index).startS),
        Duration: ticks(at(index + Text.length - 1).endS - at(index).startS),
        text: { Text, Length: Text.length, BoundaryType: /\p{L}|\p{N}/u.test(Text) ? 'Word' : 'Punctuation' },
      },
    }));
    const visemes = [...text].map((letter, i) => ({
      Type: 'Viseme',
      Data: {
        Offset: ticks(characters[i]!.startS),
        VisemeId: VISEMES[letter.toLowerCase()] ?? OTHER,
        IsLastAnimation: true,
      },
    }));
    return [
      ...(asks.wordBoundaryEnabled
        ? words.filter(({ Data }) => asks.punctuationBoundaryEnabled || Data.text.BoundaryType === 'Word')
        : []),
      ...(asks.visemeEnabled && this.hasVisemes ? visemes : []),
    ].toSorted((a, b) => a.Data.Offset - b.Data.Offset);
  }
}

interface Context {
  rate: number;
  asks: Record<string, boolean>;
}

function contextOf({ body }: ServiceMessage): Context {
  const { synthesis, ...rest } = JSON.parse(String(body));
  const { audio, language: _, ...others } = synthesis;
  const { metadataOptions: asks, outputFormat, ...further } = audio;
  const unknown = [
    ...[rest, others, further].flatMap(Object.keys),
    ...Object.keys(asks).filter(key => !OPTIONS.includes(key)),
  ];
  const rate = FORMATS[outputFormat];
  if (unknown.length > 0 || rate === undefined) throw new Error(`${unknown} ${outputFormat}`);
  return { rate, asks };
}

/** What is said in it. Throws where it is no XML, or names no voice. */
function saidOf(ssml: string): string {
  const open: string[] = [];
  let said = '';
  let voice: string | undefined;
  for (const { groups } of ssml.matchAll(/<(?<end>\/?)(?<name>[\w:]+)(?<more>[^<>]*?)(?<empty>\/?)>|(?<text>[^<]+)/g)) {
    const { end, name = '', more = '', empty, text } = groups!;
    if (text !== undefined) said += text;
    else if (end === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> ends nothing`);
    } else {
      if (empty !== '/') open.push(name);
      if (name === 'voice') voice = /name=(['"])(.+?)\1/.exec(more)?.[2];
    }
  }
  if (open.length > 0 || voice === undefined || /&(?!(?:amp|lt|gt|quot|apos);)|[\0-\u0008\u000e-\u001f]/.test(said))
    throw new Error(`no SSML: ${ssml.slice(0, 200)}`);
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return said.replace(/&(\w+);/g, (_, name: string) => signs[name]!);
}
