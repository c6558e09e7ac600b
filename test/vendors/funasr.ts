import type { WebSocket } from 'ws';
import { wordsIn } from './hearing.ts';
import { HearingServer } from './vendor-server.ts';

const FIELDS = [
  'mode',
  'wav_name',
  'wav_format',
  'audio_fs',
  'is_speaking',
  'chunk_size',
  'chunk_interval',
  'hotwords',
  'itn',
  'svs_lang',
  'svs_itn',
];
/** The first pass reads so much at once, bytes. */
const CHUNK_BYTES = 19_200;
/** A segment with so many words is over. */
const SEGMENT_WORDS = 3;

/** FunASR's server in its mode of two passes, strict about what it is told; as the real one, it says nothing of errors. */
export class FunAsrServer extends HearingServer {
  /** As servers do that say nothing where they have heard nothing. */
  isTaciturn = false;

  protected serve(socket: WebSocket): void {
    let name = '';
    let isSpeaking = false;
    /** Of the segment: all of it, and what the first pass has not read. */
    let open = Buffer.alloc(0);
    let unread = Buffer.alloc(0);
    const send = (mode: string, text: string) =>
      socket.send(JSON.stringify({ mode, text, wav_name: name, is_final: isSpeaking }));
    const second = () => {
      const words = wordsIn(open);
      [open, unread] = [Buffer.alloc(0), Buffer.alloc(0)];
      if (words !== '') send('2pass-offline', `<|en|><|NEUTRAL|><|Speech|><|withitn|>${words}`);
      else if (!this.isTaciturn) send('2pass-offline', '');
    };
    const hear = (bytes: Buffer) => {
      // A segment is over where another word begins.
      const isNew = open.length > 1 && open.readInt16LE(open.length - 2) !== bytes.readInt16LE(0);
      if (isNew && wordsIn(open).split(' ').length >= SEGMENT_WORDS) second();
      [open, unread] = [Buffer.concat([open, bytes]), Buffer.concat([unread, bytes])];
      if (unread.length < CHUNK_BYTES) return;
      // Pieces of its own, each read without those before.
      const words = wordsIn(unread);
      unread = Buffer.alloc(0);
      if (words !== '') send('2pass-online', words);
    };
    socket.on('message', (data, isBinary) => {
      if (this.hangs) return;
      if (isBinary) {
        if (name === '' || !isSpeaking) this.problems.push('sound before its beginning');
        this.heardBytes += (data as Buffer).length;
        hear(data as Buffer);
        return;
      }
      const message = JSON.parse(String(data)) as Record<string, unknown>;
      const unknown = Object.keys(message).filter(key => !FIELDS.includes(key));
      const isBegun = message.is_speaking === true;
      const wrong =
        isBegun &&
        (message.mode !== '2pass' ||
          message.wav_format !== 'pcm' ||
          message.audio_fs !== 16_000 ||
          typeof message.hotwords !== 'string' ||
          !Array.isArray(message.chunk_size));
      if (unknown.length > 0 || wrong) this.problems.push(JSON.stringify(message));
      if (isBegun) name = String(message.wav_name);
      isSpeaking = isBegun;
      if (!isBegun) second();
    });
  }
}
