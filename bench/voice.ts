/**
 * The embedded voice: how soon it is heard, what it costs, how well it is understood in each of its voices, whether all
 * are as loud as each other, and whether words are read as they should be.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LISTEN_RATE } from '../agents/base/rates.ts';
import { phoneAgreement } from '../agents/providers/hibari/agreement.ts';
import { Hibari } from '../agents/providers/hibari/hibari.ts';
import { Model } from '../agents/providers/hibari/model.ts';
import { SherpaRecognizer } from '../agents/providers/sherpa/recognizer.ts';
import { integratedLufs } from '../agents/speak/lufs.ts';
import { NEUTRAL_PROSODY } from '../agents/speak/ports.ts';
import { Resampler } from '../agents/speak/resample.ts';
import { usageOf } from '../telemetry/children.ts';
import { spread, wordErrors } from '../test/harness/stats.ts';
import { SHORT } from './load/product.ts';
import { SENTENCES, TWELVE_WORDS } from './voice-sentences.ts';

const MODELS = 'models';
const ROUNDS = SHORT ? 10 : 60;
const READ = SENTENCES.slice(0, SHORT ? 10 : SENTENCES.length);
/** Debian's packages pocketsphinx and pocketsphinx-en-us: a recognizer of another kind and another time, and a slow one. */
const OTHER = 'pocketsphinx_batch';
const OTHER_MODEL = '/usr/share/pocketsphinx/model/en-us';
const OTHER_READ = SHORT ? 3 : 20;

interface Said {
  pcm: Int16Array;
  sampleRate: number;
  firstSoundMs: number;
}

export async function bench(): Promise<object> {
  const hibari = new Hibari(path.join(MODELS, 'hibari'));
  try {
    const voices = hibari.capabilities.voices.known;
    const { firstSoundMs, realTimeFactor } = await pace(hibari);
    console.log('first sound', firstSoundMs, 'real-time factor', realTimeFactor);
    const said = new Map<string, Said[]>();
    for (const voice of voices) said.set(voice, await all(hibari, voice));
    const lufs = Object.fromEntries([...said].map(([voice, parts]) => [voice, loudness(parts)]));
    console.log('LUFS', lufs);
    const wer = await errors(said, READ.length, embedded);
    console.log('word errors, %', wer);
    const other = spawnSync(OTHER, ['-h'], { stdio: 'ignore' }).error === undefined && fs.existsSync(OTHER_MODEL);
    const werOther = other ? await errors(said, OTHER_READ, pocketsphinx) : undefined;
    console.log('word errors by another recognizer, %', werOther ?? `none: there is no ${OTHER}`);
    const { percent } = await phoneAgreement(await Model.load(path.join(MODELS, 'hibari')));
    const levels = Object.values(lufs);
    return {
      firstSoundMs,
      realTimeFactor,
      werPercent: wer.all,
      werPercentByVoice: wer.byVoice,
      werPercentOther: werOther?.all ?? null,
      werPercentOtherByVoice: werOther?.byVoice ?? null,
      ...(werOther === undefined && { werPercentOtherMissing: `there is no ${OTHER}` }),
      lufs,
      lufsSpread: round(Math.max(...levels) - Math.min(...levels)),
      phonesAgreePercent: round(percent),
    };
  } finally {
    await hibari.close();
  }
}

const round = (value: number) => Math.round(value * 1000) / 1000;

async function say(hibari: Hibari, text: string, voice: string): Promise<Said> {
  const beganMs = performance.now();
  let firstSoundMs: number | undefined;
  const parts: Int16Array[] = [];
  let rate = 0;
  const options = { voice, prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
  for await (const { pcm, sampleRate } of hibari.speak(text, options)) {
    firstSoundMs ??= performance.now() - beganMs;
    parts.push(pcm);
    rate = sampleRate;
  }
  return { pcm: joined(parts), sampleRate: rate, firstSoundMs: firstSoundMs ?? Number.NaN };
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const pcm = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    pcm.set(part, at);
    at += part.length;
  }
  return pcm;
}

/** Sentences of some twelve words, one at a time; the factor is processor time of everything that makes them. */
async function pace(hibari: Hibari) {
  for (const text of TWELVE_WORDS.slice(0, 5)) await say(hibari, text, 'heart');
  const pid = hibari.pids[0]!;
  const before = usageOf(pid)?.cpuSeconds ?? 0;
  const first: number[] = [];
  let seconds = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const { pcm, sampleRate, firstSoundMs } = await say(hibari, TWELVE_WORDS[i % TWELVE_WORDS.length]!, 'heart');
    first.push(firstSoundMs);
    seconds += pcm.length / sampleRate;
  }
  const used = (usageOf(pid)?.cpuSeconds ?? Number.NaN) - before;
  return { firstSoundMs: spread(first), realTimeFactor: round(used / seconds) };
}

async function all(hibari: Hibari, voice: string): Promise<Said[]> {
  const said: Said[] = [];
  for (const text of READ) said.push(await say(hibari, text, voice));
  return said;
}

const loudness = (said: readonly Said[]) =>
  round(integratedLufs(joined(said.map(({ pcm }) => pcm)), said[0]!.sampleRate));

type Reader = (said: readonly Int16Array[]) => Promise<string[]>;

async function errors(said: ReadonlyMap<string, readonly Said[]>, count: number, read: Reader) {
  const total = { errors: 0, words: 0 };
  const byVoice: Record<string, number> = {};
  for (const [voice, parts] of said) {
    const heard = await read(
      parts.slice(0, count).map(({ pcm, sampleRate }) => new Resampler(sampleRate, LISTEN_RATE).push(padded(pcm))),
    );
    const own = { errors: 0, words: 0 };
    for (const [i, text] of READ.slice(0, count).entries()) {
      const counted = wordErrors(text, heard[i]!);
      if (counted.errors > 0) console.log(`${voice}: "${text}" heard as "${heard[i]}"`);
      own.errors += counted.errors;
      own.words += counted.words;
    }
    byVoice[voice] = round((100 * own.errors) / own.words);
    total.errors += own.errors;
    total.words += own.words;
  }
  return { all: round((100 * total.errors) / total.words), byVoice };
}

/** A little silence at both ends, as a recognizer has it in a call. */
function padded(pcm: Int16Array): Int16Array {
  const silence = new Int16Array(7200);
  return joined([silence, pcm, silence]);
}

async function embedded(said: readonly Int16Array[]): Promise<string[]> {
  const file = (name: string) => path.join(MODELS, name);
  const files = {
    vad: file('silero-vad.onnx'),
    encoder: file('moonshine-encoder.onnx'),
    decoder: file('moonshine-decoder-bytes.onnx'),
    tokens: file('moonshine-tokens.txt'),
  };
  const ready = Promise.withResolvers<void>();
  const recognizer = new SherpaRecognizer(files, { restarted: ready.reject, ready: () => ready.resolve() });
  try {
    await ready.promise;
    const heard: string[] = [];
    for (const pcm of said)
      heard.push((await recognizer.transcribe(pcm, { signal: new AbortController().signal, final: true })).text);
    return heard;
  } finally {
    await recognizer.close();
  }
}

async function pocketsphinx(said: readonly Int16Array[]): Promise<string[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-voice-'));
  try {
    const file = (name: string) => path.join(folder, name);
    for (const [i, pcm] of said.entries())
      fs.writeFileSync(file(`${i}.raw`), Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
    fs.writeFileSync(file('list'), `${[...said.keys()].join('\n')}\n`);
    const model = (name: string) => path.join(OTHER_MODEL, name);
    const args = ['-adcin', 'yes', '-cepdir', folder, '-cepext', '.raw', '-ctl', file('list'), '-hyp', file('heard')];
    args.push('-hmm', model('en-us'), '-lm', model('en-us.lm.bin'), '-dict', model('cmudict-en-us.dict'));
    spawnSync(OTHER, [...args, '-logfn', '/dev/null'], { stdio: 'ignore' });
    // Each line ends with the file and a score in parentheses.
    return fs
      .readFileSync(file('heard'), 'utf8')
      .trim()
      .split('\n')
      .map(line => line.slice(0, line.lastIndexOf('(')));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
