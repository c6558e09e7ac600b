/**
 * Do the lips fit the voice, where both arrive? An avatar speaks over RTP to a receiver of its own; the mouth's
 * aperture in the decoded pictures is compared with the phones that were spoken, on the clock of the sound that was
 * heard. For a voice that knows its phones, one whose phones are found by alignment, and sound alone.
 * `LIPSYNC_MINUTES` (10) is how long the first one speaks: the drift is measured over that time.
 */

import { SPEECH_RATE } from '../agents/base/rates.ts';
import { mouthAt } from '../agents/face/mouth.ts';
import { ConversationMedia } from '../agents/media/conversation-media.ts';
import { Flite } from '../agents/providers/flite/flite.ts';
import { SoundSwallowerAligner } from '../agents/providers/soundswallower/aligner.ts';
import { AlignedSpeech } from '../agents/speak/align/aligned-speech.ts';
import { MouthEstimator } from '../agents/speak/estimate/mouth-estimator.ts';
import { mouthOf } from '../agents/speak/mouth.ts';
import { NEUTRAL_PROSODY, type Speech, type TextToSpeech } from '../agents/speak/ports.ts';
import { toSpeechRate } from '../agents/speak/resample.ts';
import type { Phone, VisemeEvent } from '../protocol/timeline.ts';
import { spread } from '../test/harness/stats.ts';
import { SHORT } from './load/product.ts';
import { HEARD_RATE, type Luma, Receiver } from './receiver.ts';
import { correlation, delayS, type Signal, valueAt } from './signals.ts';
import { visemeAccuracy } from './visemes-accuracy.ts';

const SENTENCES = [
  'Mama bought a big apple pie, and Papa made more popcorn for Bobby and me.',
  'My name is Ollie, and I am so happy to meet you by the warm blue sea.',
  'Please bring Pam a bowl of plum jam before the bus comes back at five.',
  'We moved the brown piano from the basement up to my bedroom by myself.',
  'Have you ever seen a bubble float above the waves on a calm evening?',
];
const MINUTES = Number(process.env.LIPSYNC_MINUTES ?? (SHORT ? 0.5 : 10));
/** Sentences of the other kinds of voice. */
const OTHERS = SHORT ? 2 : 15;
const STEP_S = 0.005;
const ENVELOPE_S = 0.02;
/** Lips count as closed when the mouth shows less than this share of its widest opening. */
const CLOSED = 0.08;
/** Where the mouth is in Ollie's picture, in 64ths, and what is dark in there. */
const MOUTH = { left: 22, right: 42, top: 35, bottom: 51 };
const DARK = 92;
const FRAME_S = 0.04;

/** How far a mouth is open for a sound, as phoneticians grade it; independent of the tables that move the lips. */
const APERTURE: Record<string, number> = {
  aa: 1,
  ae: 0.95,
  ay: 0.85,
  aw: 0.85,
  ah: 0.75,
  ao: 0.75,
  eh: 0.65,
  ey: 0.55,
  ow: 0.6,
  oy: 0.6,
  er: 0.35,
  ax: 0.45,
  axr: 0.35,
  ih: 0.4,
  iy: 0.3,
  uh: 0.4,
  uw: 0.25,
  hh: 0.5,
  hv: 0.5,
  l: 0.3,
  r: 0.25,
  w: 0.15,
  y: 0.25,
  n: 0.25,
  ng: 0.3,
  k: 0.3,
  g: 0.3,
  t: 0.22,
  d: 0.22,
  s: 0.15,
  z: 0.15,
  sh: 0.2,
  zh: 0.2,
  ch: 0.2,
  jh: 0.2,
  th: 0.2,
  dh: 0.2,
  f: 0.08,
  v: 0.08,
  p: 0,
  b: 0,
  m: 0,
  pau: 0,
  ssil: 0,
};
/** A jaw does not follow faster than this, s. */
const ARTICULATION_S = 0.05;

interface Spoken {
  pcm: Int16Array;
  /** The truth, whatever the mouth was told. */
  phones: Phone[];
  events: VisemeEvent[];
}
interface Result {
  offsetMs: number[];
  correlation: number[];
  closures: number;
  closed: number;
}

export async function bench(): Promise<object> {
  const flite = new Flite();
  const aligner = new SoundSwallowerAligner();
  const aligned = new AlignedSpeech(speechless(flite), aligner);
  const truth = new Map<string, Speech>();
  for (const sentence of SENTENCES) truth.set(sentence, await speak(flite, sentence));
  const kinds = {
    phones: async (sentence: string) => spoken(truth.get(sentence)!, truth.get(sentence)!),
    aligned: async (sentence: string) => spoken(truth.get(sentence)!, await speak(aligned, sentence)),
    sound: async (sentence: string) => byEar(truth.get(sentence)!),
  };
  const results: Record<string, Result> = {};
  for (const [kind, make] of Object.entries(kinds)) {
    const said = await Promise.all(SENTENCES.map(make));
    const seconds = said.reduce((sum, { pcm }) => sum + pcm.length / SPEECH_RATE, 0) / said.length + 1;
    const count = kind === 'phones' ? Math.ceil((MINUTES * 60) / seconds) : OTHERS;
    results[kind] = await converse(said, count);
    console.log(`${kind}: ${JSON.stringify(summary(results[kind]!))}`);
  }
  await Promise.all([flite.close(), aligner.close()]);
  const accuracy = await visemeAccuracy();
  const { offsetMs, closures, closed } = results.phones!;
  return {
    offsetMsP50: spread(offsetMs.map(Math.abs)).p50,
    offsetMsP95: spread(offsetMs.map(Math.abs)).p95,
    driftMs: drift(offsetMs),
    correlation: mean(results.phones!.correlation),
    closedLipsPercent: Math.round((1000 * closed) / closures) / 10,
    alignedCorrelation: mean(results.aligned!.correlation),
    audioDrivenAccuracyPercent: accuracy.accuracyPercent,
    minutes: MINUTES,
    kinds: Object.fromEntries(Object.entries(results).map(([kind, result]) => [kind, summary(result)])),
    audioDriven: accuracy,
  };
}

async function speak(tts: TextToSpeech, sentence: string): Promise<Speech> {
  const { signal } = new AbortController();
  for await (const speech of tts.speak(sentence, { voice: 'slt', prosody: NEUTRAL_PROSODY, signal })) return speech;
  throw new Error(`nothing was said for ${sentence}`);
}

/** The same voice, which keeps to itself what it knows of its phones. */
function speechless(tts: TextToSpeech): TextToSpeech {
  return {
    capabilities: { ...tts.capabilities, phones: false },
    async *speak(sentence, options) {
      for await (const { phones: _, ...speech } of tts.speak(sentence, options)) yield speech;
    },
    close: () => tts.close(),
  };
}

function spoken(truth: Speech, told: Speech): Spoken {
  const at = (sample: number) => Math.round((sample * SPEECH_RATE) / truth.sampleRate);
  const pcm = toSpeechRate(truth.pcm, truth.sampleRate);
  const phones = mouthOf(truth, pcm, SPEECH_RATE, at).phones!;
  const toldAt = (sample: number) => Math.round((sample * SPEECH_RATE) / told.sampleRate);
  return { pcm, phones, events: mouthOf(told, pcm, SPEECH_RATE, toldAt).events };
}

function byEar(truth: Speech): Spoken {
  const { pcm, phones } = spoken(truth, truth);
  const estimator = new MouthEstimator(SPEECH_RATE);
  return { pcm, phones, events: [...estimator.push(pcm), ...estimator.flush()] };
}

/** Says sentences one after the other, and measures each where it arrives. */
async function converse(said: Spoken[], count: number): Promise<Result> {
  const media = new ConversationMedia({
    listenIp: '127.0.0.1',
    face: { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 800_000 },
  });
  await Promise.all([media.bound, media.faceReady]);
  const receiver = await Receiver.open({ audio: media.audioSsrc, video: media.videoSsrc }, aperture);
  const done = new Map<string, () => void>();
  media.attach({
    sound: () => {},
    progress: progress => progress.done && done.get(progress.turnId)?.(),
    failed: message => {
      throw new Error(message);
    },
  });
  media.send({ type: 'connect', ip: '127.0.0.1', port: receiver.port });
  media.send({ type: 'viewers', count: 1, bitrate: 800_000 });
  media.send({ type: 'mood', mood: { state: 'speaking', emotion: 'neutral', intensity: 0 } });
  while (!receiver.synchronised || receiver.seen.length < 25) await pause(100);
  const result: Result = { offsetMs: [], correlation: [], closures: 0, closed: 0 };
  for (let n = 0; n < count; n++) {
    const sentence = said[n % said.length]!;
    receiver.heard.length = 0;
    receiver.seen.length = 0;
    const turnId = `turn-${n}`;
    const finished = new Promise<void>(resolve => done.set(turnId, resolve));
    media.send({ type: 'begin', turnId });
    media.send({ type: 'speech', turnId, pcm: sentence.pcm.slice(), timeline: { turnId, events: sentence.events } });
    media.send({ type: 'complete', turnId });
    await finished;
    done.delete(turnId);
    await pause(500);
    measure(sentence, receiver, result);
  }
  await media.close();
  receiver.close();
  return result;
}

function measure({ pcm, phones, events }: Spoken, receiver: Receiver<number>, result: Result): void {
  const heard: Signal = receiver.heard.flatMap(({ timestamp, pcm: block }) =>
    envelope(block, HEARD_RATE, receiver.timeS('audio', timestamp)),
  );
  const seen: Signal = receiver.seen.map(({ timestamp, value }) => [receiver.timeS('video', timestamp), value]);
  const sent = envelope(pcm, SPEECH_RATE, 0);
  const about =
    (heard.find(([, level]) => level > 0.01)?.[0] ?? heard[0]![0]) - sent.find(([, level]) => level > 0.01)![0];
  // The first sample of the speech was heard at this time.
  const startS = delayS(sent, heard, about, 0.1, STEP_S);
  // A picture shows the mouth at the start of the time that it is seen.
  const jaw = sampled(pcm.length, at => mouthAt(events, at).jaw);
  result.offsetMs.push((delayS(jaw, seen, startS, 0.15, STEP_S) - startS) * 1000);
  result.correlation.push(correlation(opening(phones, pcm.length), seen, STEP_S, startS));
  const widest = seen.map(([, value]) => value).toSorted((a, b) => a - b)[Math.floor(seen.length * 0.98)]!;
  for (const { phone, startSample, endSample } of phones) {
    if (!/^[pbm]$/.test(phone)) continue;
    result.closures += 1;
    // Within the sound, or at the picture nearest to it.
    const [from, to] = [startS + startSample / SPEECH_RATE, startS + endSample / SPEECH_RATE];
    const during = seen.filter(([at]) => at >= from - FRAME_S / 2 && at <= to + FRAME_S / 2);
    if (during.some(([, value]) => value <= CLOSED * widest)) result.closed += 1;
  }
}

/** Dark pixels in the mouth's part of the picture: its inside. */
function aperture({ data, stride, width, height }: Luma): number {
  let count = 0;
  for (let y = (MOUTH.top * height) / 64; y < (MOUTH.bottom * height) / 64; y++)
    for (let x = (MOUTH.left * width) / 64; x < (MOUTH.right * width) / 64; x++)
      if (data[y * stride + x]! < DARK) count++;
  return count;
}

/** What the phones ask of the mouth, as fast as a jaw can follow. */
function opening(phones: Phone[], length: number): Signal {
  const asked = sampled(length, at => {
    const phone = phones.find(({ startSample, endSample }) => at >= startSample && at < endSample);
    return APERTURE[phone?.phone.replace(/\d$/, '') ?? 'pau'] ?? 0.3;
  });
  return asked.map(([at]) => {
    let sum = 0;
    let weights = 0;
    for (let d = -3 * ARTICULATION_S; d <= 3 * ARTICULATION_S; d += STEP_S) {
      const weight = Math.exp(-0.5 * (d / ARTICULATION_S) ** 2);
      sum += weight * valueAt(asked, at + d);
      weights += weight;
    }
    return [at, sum / weights];
  });
}

function sampled(length: number, value: (sample: number) => number): Signal {
  const step = SPEECH_RATE * STEP_S;
  return Array.from({ length: Math.floor(length / step) }, (_, i) => [i * STEP_S, value(i * step)]);
}

function envelope(pcm: Int16Array, rate: number, fromS: number): Signal {
  const block = rate * ENVELOPE_S;
  return Array.from({ length: Math.floor(pcm.length / block) }, (_, i) => {
    let sum = 0;
    for (let n = 0; n < block; n++) sum += (pcm[i * block + n]! / 32_768) ** 2;
    return [fromS + (i + 0.5) * ENVELOPE_S, Math.sqrt(sum / block)];
  });
}

/** Of a line through the offsets, from the first to the last, ms. */
function drift(offsets: number[]): number {
  const n = offsets.length;
  const middle = (n - 1) / 2;
  const level = offsets.reduce((a, b) => a + b, 0) / n;
  const slope =
    offsets.reduce((sum, value, i) => sum + (i - middle) * (value - level), 0) /
    offsets.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return Math.round(Math.abs(slope * (n - 1)) * 10) / 10;
}

function summary({ offsetMs, correlation: c, closures, closed }: Result) {
  return {
    sentences: offsetMs.length,
    offsetMs: spread(offsetMs.map(Math.abs)),
    meanOffsetMs: mean(offsetMs),
    correlation: mean(c),
    closedLipsPercent: Math.round((1000 * closed) / closures) / 10,
    closures,
  };
}

const mean = (values: number[]) => Math.round((values.reduce((a, b) => a + b, 0) / values.length) * 1000) / 1000;
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
