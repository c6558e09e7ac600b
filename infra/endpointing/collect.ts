/**
 * Looks at every pause of the recordings that `fetch.sh` fetches, and of the scripted lines, with the embedded
 * detector, recognizer and end-of-turn model, and writes down what could be known then:
 *   node infra/endpointing/collect.ts FOLDER PAUSES.json
 */
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { readVoice } from '../../agents/listen/witness/voice.ts';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { Hibari } from '../../agents/providers/hibari/hibari.ts';
import { modelFiles } from '../../agents/providers/sherpa/models.ts';
import { SherpaRecognizer } from '../../agents/providers/sherpa/recognizer.ts';
import { SmartTurn } from '../../agents/providers/smartturn/smart-turn.ts';
import { NEUTRAL_PROSODY, type TextToSpeech } from '../../agents/speak/ports.ts';
import { Resampler } from '../../agents/speak/resample.ts';
import { type Pause, pausesOf } from './pauses.ts';
import { recordings } from './sources.ts';

const [folder, out] = process.argv.slice(2);
if (folder === undefined || out === undefined) throw new Error('usage: collect.ts FOLDER PAUSES.json');
const { signal } = new AbortController();
const model = (name: string) => path.join(import.meta.dirname, '../../models', name);
const recognizer = new SherpaRecognizer(modelFiles(path.join(import.meta.dirname, '../../models')), {
  restarted: () => {},
  ready: () => {},
});
await new Promise<void>(resolve => recognizer.onChange(resolve));
const smartTurn = new SmartTurn(model('smart-turn-v3.2.onnx'));
const flite = new Flite();
const hibari = new Hibari(model('hibari'));

/** Voices that read the scripted lines, and the silence between their pieces. */
const FLITE = ['rms', 'slt', 'awb'];
const HIBARI = ['heart', 'man', 'elder'];
const QUESTION =
  /^(?:what|how|who|where|why|when|which|can|do|does|did|is|are|will|should|could|would|have|really|and you)\b/;
const GAP_MS = 700;
const LOUD = 200;

type Line = string | { asked: string; say: string };

/** 16 kHz, without the silence at its end. */
async function speak(tts: TextToSpeech, voice: string, text: string): Promise<Int16Array> {
  const parts: Int16Array[] = [];
  for await (const { pcm, sampleRate } of tts.speak(text, { voice, prosody: NEUTRAL_PROSODY, signal })) {
    const resampler = new Resampler(sampleRate, LISTEN_RATE);
    parts.push(resampler.push(pcm), resampler.flush());
  }
  const pcm = joined(...parts);
  return pcm.subarray(0, pcm.findLastIndex(sample => Math.abs(sample) > LOUD) + 1);
}

const joined = (...parts: Int16Array[]) => Int16Array.from(parts.flatMap(part => [...part]));
const silence = (ms: number) => new Int16Array((ms * LISTEN_RATE) / 1000);

/**
 * A scripted line up to each of its pauses. Before a pause the voice stays up, as at a comma. The older voice is one that
 * the end-of-turn model does not know: with it comes how far that is to be believed.
 * @param isHeard false: only its words count
 */
async function scripted(
  line: Line,
  index: number,
  tts: TextToSpeech,
  voice: string,
  isHeard: boolean,
): Promise<Pause[]> {
  const { asked, say } = typeof line === 'string' ? { asked: undefined, say: line } : line;
  const pieces = say.split('|').map(piece => piece.trim());
  const pauses: Pause[] = [];
  let heard = silence(200);
  for (const [i, piece] of pieces.entries()) {
    const done = i === pieces.length - 1;
    const mark = !isHeard ? '' : !done ? ',' : asked === undefined && QUESTION.test(pieces[0]!) ? '?' : '.';
    const spoken = await speak(tts, voice, piece + mark);
    heard = joined(heard, spoken);
    const now = joined(heard, silence(128));
    const { text } = await recognizer.transcribe(now, { signal, final: true });
    pauses.push({
      source: `scripted/${index}`,
      atS: heard.length / LISTEN_RATE,
      text,
      ...(asked !== undefined && { asked }),
      voice: isHeard ? readVoice(now, now.length - heard.length) : null,
      sound: isHeard ? await smartTurn.done(now, { signal }) : null,
      speechMs: (spoken.length * 1000) / LISTEN_RATE,
      done,
      pauseMs: null,
    });
    heard = joined(heard, silence(GAP_MS));
  }
  return pauses;
}

const pauses: Pause[] = [];
const witnessing = { vad: recognizer, asr: recognizer, sound: (pcm: Int16Array) => smartTurn.done(pcm, { signal }) };
const lines = parse(fs.readFileSync(path.join(import.meta.dirname, 'scripted.yaml'), 'utf8')) as Line[];
for (const [index, line] of lines.entries())
  for (const [tts, voices, isHeard] of [
    [flite, FLITE, false],
    [flite, FLITE, true],
    [flite, FLITE.toReversed(), true],
    [hibari, HIBARI, true],
    [hibari, HIBARI.toReversed(), true],
  ] as const)
    pauses.push(...(await scripted(line, index, tts, voices[index % voices.length]!, isHeard)));
for await (const recording of recordings(folder)) pauses.push(...(await pausesOf(recording, witnessing)));
fs.writeFileSync(out, JSON.stringify(pauses));
console.log(`${pauses.length} pauses`);
await Promise.all([recognizer.close(), smartTurn.close(), flite.close(), hibari.close()]);
