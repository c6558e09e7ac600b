/**
 * A gadget in a hundred lines: its microphone is a WAV file, its loudspeaker another one.
 *
 *   node examples/device/main.ts http://localhost:3000 kitchen question.wav answer.wav
 *
 * The question is PCM16, 16 kHz, mono. docs/devices.md describes what is said on the line.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { WebSocket } from 'ws';

const RATE = 16_000;
const FRAME_BYTES = (RATE / 50) * 2;
const HEADER_BYTES = 8;
const WAV_HEADER_BYTES = 44;
/** Silence before the question, for the greeting to be over, and time for the answer, s. */
const [BEFORE_S, ANSWER_S] = [6, 12];

const [server, room, question, answer] = process.argv.slice(2);
if (answer === undefined) throw new Error('usage: main.ts http://HOST:PORT ROOM QUESTION.wav ANSWER.wav');

// A guest's; a device of your own has one that your server signs.
const response = await fetch(`${server}/api/rooms/${room}/token`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'Octopus' }),
});
const { token, error } = await response.json();
if (!response.ok) throw new Error(error.message);

const line = new WebSocket(`${server!.replace('http', 'ws')}/ws/device/octopus?token=${token}`);
const played: { position: number; sound: Buffer }[] = [];
let microphone: NodeJS.Timeout | undefined;

line.on('open', () => line.send(JSON.stringify({ type: 'hello', version: 1, screen: true })));

line.on('message', (data: Buffer, binary: boolean) => {
  if (binary) {
    played.push({ position: data.readUInt32LE(4), sound: data.subarray(HEADER_BYTES) });
    return;
  }
  const message = JSON.parse(data.toString());
  switch (message.type) {
    case 'welcome':
      console.log(`in room ${message.room}`);
      speak(readFileSync(question!).subarray(WAV_HEADER_BYTES));
      break;
    case 'transcript':
      if (message.final) console.log(`${message.speaker}: ${message.text}`);
      break;
    case 'clear': {
      // A real loudspeaker empties its buffer here.
      console.log('(stopped)');
      break;
    }
    case 'metadata':
      console.log(`(answered after ${message.latency_ms} ms)`);
      break;
    case 'error':
      console.error(`${message.code}: ${message.message}`);
  }
});

line.on('close', () => {
  clearInterval(microphone);
  writeFileSync(answer!, wav(played));
  console.log(`heard ${played.length / 10} s of sound: ${answer}`);
});

/** Sends what a microphone would hear, as fast as it would: silence, the question, silence. */
function speak(words: Buffer): void {
  const sound = Buffer.concat([Buffer.alloc(BEFORE_S * RATE * 2), words, Buffer.alloc(ANSWER_S * RATE * 2)]);
  const startMs = performance.now();
  let sent = 0;
  microphone = setInterval(() => {
    for (; sent * 20 < performance.now() - startMs; sent++) {
      if (sent * FRAME_BYTES >= sound.length) {
        line.send(JSON.stringify({ type: 'bye' }));
        clearInterval(microphone);
        return;
      }
      line.send(sound.subarray(sent * FRAME_BYTES, (sent + 1) * FRAME_BYTES));
    }
  }, 20);
}

/** Everything that was played, at its place. */
function wav(chunks: { position: number; sound: Buffer }[]): Buffer {
  const end = chunks.reduce((last, { position, sound }) => Math.max(last, position * 2 + sound.length), 0);
  const out = Buffer.alloc(WAV_HEADER_BYTES + end);
  out.write('RIFF', 0);
  out.writeUInt32LE(36 + end, 4);
  out.write('WAVEfmt ', 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(RATE, 24);
  out.writeUInt32LE(RATE * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write('data', 36);
  out.writeUInt32LE(end, 40);
  for (const { position, sound } of chunks) sound.copy(out, WAV_HEADER_BYTES + position * 2);
  return out;
}
