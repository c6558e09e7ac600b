/** Acme's server, as far as it exists: `node examples/provider/fake.ts` opens it. It knows one answer, and hums it. */
import http from 'node:http';
import { fileURLToPath } from 'node:url';

const PORT = 4101;
const RATE = 16_000;
const CHARACTERS_PER_SECOND = 15;
const ANSWER = ['I am a naïve ', 'little server. ', 'Whatever you ask me, ', 'this is all that I know.'];

/** What it does: its work; what goes wrong with servers; or it answers with a status. */
export type Behaviour = 'answers' | 'hangs' | 'stalls' | 'hangs up' | 'never ends' | 'talks nonsense' | number;

/** @param log told of each question, without what was said */
export function createAcme(does: Behaviour = 'answers', log = (_line: string) => {}): http.Server {
  return http.createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const status = typeof does === 'number' ? does : request.headers.authorization?.startsWith('Bearer ') ? 200 : 401;
    log(`${request.method} ${request.url}: ${status}`);
    if (does === 'hangs') return;
    response.writeHead(status);
    if (status !== 200) return response.end();
    const whole = does === 'talks nonsense' ? Buffer.from('<h1>Acme is moving</h1>') : answerTo(request.url, body);
    const broken = does === 'stalls' || does === 'hangs up';
    await written(response, broken ? whole.subarray(0, whole.length / 2) : whole);
    while (does === 'never ends' && !response.destroyed) await written(response, whole);
    if (does === 'hangs up') response.destroy();
    else if (does !== 'stalls') response.end();
  });
}

function answerTo(url: string | undefined, body: string): Buffer {
  if (url === '/speech') return hum(JSON.parse(body).text.length / CHARACTERS_PER_SECOND);
  const pieces = [...ANSWER.map(text => ({ text })), { usage: { inputTokens: body.length >> 2, outputTokens: 20 } }];
  return Buffer.from(pieces.map(piece => `${JSON.stringify(piece)}\n`).join(''));
}

/** In pieces that end anywhere, in the middle of a character, too. */
async function written(response: http.ServerResponse, bytes: Buffer): Promise<void> {
  const size = bytes.length < 1000 ? 7 : 4093;
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** A WAV file of one long note that swells four times a second. */
function hum(seconds: number): Buffer {
  const samples = Math.round(seconds * RATE);
  const file = Buffer.alloc(44 + 2 * samples);
  file.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
  file.writeUInt32LE(36 + 2 * samples, 4);
  // Of what follows: 16 bytes; PCM, one channel, samples and bytes a second, bytes and bits a sample.
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) {
    const [note, swell] = [Math.sin((2 * Math.PI * 180 * i) / RATE), Math.cos((2 * Math.PI * 4 * i) / RATE)];
    file.writeInt16LE(Math.round(4000 * note * (1.5 + swell)), 44 + 2 * i);
  }
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  createAcme('answers', console.log).listen(PORT, '127.0.0.1', () =>
    console.log(`Acme is open at http://127.0.0.1:${PORT}`),
  );
