/**
 * Looks at every pause of the recordings that `fetch.sh` fetches, and of the scripted lines, with the embedded
 * detector, recognizer and end-of-turn model, and writes down what could be known then:
 *   node infra/endpointing/collect.ts FOLDER PAUSES.json
 */
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { SherpaRecognizer } from '../../agents/providers/sherpa/recognizer.ts';
import { SmartTurn } from '../../agents/providers/smartturn/smart-turn.ts';
import { NEUTRAL_PROSODY } from '../../agents/speak/ports.ts';
import { type Pause, pausesOf } from './pauses.ts';
import { recordings } from './sources.ts';

const [folder, out] = process.argv.slice(2);
if (folder === undefined || out === undefined) throw new Error('usage: collect.ts FOLDER PAUSES.json');
const { signal } = new AbortController();
const model = (name: string) => path.join(import.meta.dirname, '../../models', name);
const recognizer = new SherpaRecognizer(
  {
    vad: model('silero-vad.onnx'),
    encoder: model('moonshine-encoder.onnx'),
    decoder: model('moonshine-decoder-bytes.onnx'),
    tokens: model('moonshine-tokens.txt'),
  },
  { restarted: () => {}, ready: () => {} },
);
await new Promise<void>(resolve => recognizer.onChange(resolve));
const smartTurn = new SmartTurn(model('smart-turn-v3.2.onnx'));
const flite = new Flite();

/** Voices that read the scripted lines, and the silence between their pieces. */
const VOICES = ['rms', 'slt', 'awb'];
const GAP = new Int16Array(0.7 * LISTEN_RATE);

/**
 * A scripted line up to each of its pauses. How such a voice sounds before a pause says nothing of people: only its
 * words count.
 */
async function scripted(line: string | { asked: string; say: string }, index: number): Promise<Pause[]> {
  const { asked, say } = typeof line === 'string' ? { asked: undefined, say: line } : line;
  const pieces = say.split('|').map(piece => piece.trim());
  const pauses: Pause[] = [];
  let heard = new Int16Array(0.2 * LISTEN_RATE);
  for (const [i, piece] of pieces.entries()) {
    const voice = VOICES[index % VOICES.length]!;
    for await (const { pcm, sampleRate } of flite.speak(piece, { voice, prosody: NEUTRAL_PROSODY, signal })) {
      if (sampleRate !== LISTEN_RATE) throw new Error(`${voice} speaks at ${sampleRate} Hz`);
      heard = Int16Array.from([...heard, ...pcm]);
    }
    const { text } = await recognizer.transcribe(heard, { signal, final: true });
    const done = i === pieces.length - 1;
    pauses.push({
      source: `scripted/${index}`,
      atS: heard.length / LISTEN_RATE,
      text,
      ...(asked !== undefined && { asked }),
      voice: null,
      sound: null,
      speechMs: (piece.length / 15) * 1000,
      done,
      pauseMs: null,
    });
    heard = Int16Array.from([...heard, ...GAP]);
  }
  return pauses;
}

const pauses: Pause[] = [];
const witnessing = { vad: recognizer, asr: recognizer, sound: (pcm: Int16Array) => smartTurn.done(pcm, { signal }) };
const lines = parse(fs.readFileSync(path.join(import.meta.dirname, 'scripted.yaml'), 'utf8')) as string[];
for (const [index, line] of lines.entries()) pauses.push(...(await scripted(line, index)));
for await (const recording of recordings(folder)) pauses.push(...(await pausesOf(recording, witnessing)));
fs.writeFileSync(out, JSON.stringify(pauses));
console.log(`${pauses.length} pauses`);
await Promise.all([recognizer.close(), smartTurn.close(), flite.close()]);
