/**
 * Taking turns: whether people are heard out, how long they wait for an answer, whether words are lost, and what is
 * taken for speech that is none. Recordings of people and lines that were held back from the fit go through voice
 * activity, recognition and endpointing at the speed of speech, and on the same sound two others: plain voice activity
 * with half a second of silence, and Smart Turn as its authors use it.
 */
import path from 'node:path';
import { systemClock } from '../agents/base/clock.ts';
import { LISTEN_RATE, SPEECH_RATE } from '../agents/base/rates.ts';
import { batched } from '../agents/listen/batched.ts';
import { EchoGate, SentSound } from '../agents/media/echo-gate.ts';
import { Hibari } from '../agents/providers/hibari/hibari.ts';
import { modelFiles } from '../agents/providers/sherpa/models.ts';
import { SherpaRecognizer } from '../agents/providers/sherpa/recognizer.ts';
import { SmartTurn } from '../agents/providers/smartturn/smart-turn.ts';
import { Resampler } from '../agents/speak/resample.ts';
import { coughs, keyboard, music, pinkNoise } from '../test/harness/sounds.ts';
import { concatenated, speak } from '../test/harness/spoken-line.ts';
import { spread } from '../test/harness/stats.ts';
import { lostAndAdded } from '../test/harness/words.ts';
import { SHORT } from './load/product.ts';
import { type Heard, type Hearing, hear, inLanes } from './turns/ear.ts';
import { recorded, type Sample, SPEECH, spoken } from './turns/material.ts';
import { bySilence, bySmartTurn, pausesIn, type Ruling } from './turns/rivals.ts';

const LANES = 1;
/** The one that was learned, and the nearest to it: the model knows neither bodies nor pitches that were designed. */
const VOICES = ['heart', 'sarah'];
const LINES = SHORT ? 6 : Number.POSITIVE_INFINITY;
/** Of its own voice, and of each kind of noise: heard in so many parts at once, each so long. */
const QUIET_S = SHORT ? 20 : 120;
const QUIET_LANES = 5;
const MEDIAN_MS = 300;
const GAP_S = 4;
/** The end of a turn is found within this of where it is, samples. */
const NEAR = 0.3 * LISTEN_RATE;

interface Result {
  sample: Sample;
  heard: Heard;
  smartTurn: Ruling;
  vad500: Ruling;
  reference: string;
}

export async function bench(): Promise<object> {
  const model = (name: string) => path.join('models', name);
  const recognizer = new SherpaRecognizer(modelFiles('models'), { restarted: () => {}, ready: () => {} });
  await new Promise<void>(resolve => recognizer.onChange(resolve));
  const smartTurn = new SmartTurn(model('smart-turn-v3.2.onnx'));
  const voice = new Hibari(model('hibari'));
  const hearing: Hearing = { vad: recognizer, asr: recognizer, endOfTurn: smartTurn };
  try {
    const samples = [...recorded(), ...(await spoken(voice, VOICES, LINES))];
    if (recorded().length === 0)
      console.log(`there are no recordings in ${SPEECH}: VISAVIS_SPEECH names another folder`);
    const results = await inLanes(samples, LANES, sample => judged(sample, hearing));
    for (const { sample, heard, reference } of results)
      console.log(
        `${sample.name}: ${[...heard.captions.values()].join(' | ')} (waited ${heard.ends.at(-1)?.silenceMs.toFixed(0)} ms; read at once: ${reference})`,
      );
    const ownVoiceTurns = await ownVoice(voice, hearing);
    const noiseTurns = await noise(hearing);
    return { ...figures(results), ownVoiceTurns, ...noiseTurns };
  } finally {
    await Promise.all([recognizer.close(), smartTurn.close(), voice.close()]);
  }
}

async function judged(sample: Sample, hearing: Hearing): Promise<Result> {
  const heard = await hear(sample.pcm, hearing);
  const pcm = concatenated([sample.pcm, new Int16Array(GAP_S * LISTEN_RATE)]);
  const whole = batched(hearing.asr, systemClock, { partials: 'none', words: false }).open('whole', {
    partial: () => {},
  });
  for (let at = 0; at < sample.pcm.length; at += LISTEN_RATE / 50)
    whole.push(sample.pcm.slice(at, at + LISTEN_RATE / 50));
  const { text: reference } = await whole.settle({ signal: new AbortController().signal });
  whole.close();
  return {
    sample,
    heard,
    // What was to be said, where that is known: a recognizer that reads everything at once makes mistakes, too.
    reference: sample.name.endsWith('.wav') ? reference : sample.name.replaceAll(/\|\d+\|/g, ''),
    vad500: bySilence(heard.windows),
    smartTurn: await bySmartTurn(pcm, heard.windows, hearing.endOfTurn),
  };
}

/** Whether a turn may end where it was ended. */
const mayEnd = ({ mayEndAtS }: Sample, s: number) => mayEndAtS.some(at => Math.abs(at - s) < NEAR / LISTEN_RATE);

function figures(results: readonly Result[]): object {
  const minutes = results.reduce((sum, { sample }) => sum + sample.pcm.length, 0) / LISTEN_RATE / 60;
  const ends = results.filter(({ sample }) => sample.ends);
  const perMinute = (cuts: number) => Math.round((100 * cuts) / minutes) / 100;
  const cutBy = (rule: (result: Result) => number[]) =>
    perMinute(results.reduce((sum, each) => sum + rule(each).filter(s => !mayEnd(each.sample, s)).length, 0));
  const lastEnd = ({ heard }: Result) => (pausesIn(heard.windows).at(-1)?.from ?? 0) - NEAR;
  const ours = (each: Result) =>
    each.heard.ends
      .filter(({ fromSample }) => fromSample < lastEnd(each))
      .map(({ fromSample }) => fromSample / LISTEN_RATE);
  const waitsOf = (some: readonly Result[]) =>
    spread(some.map(({ heard }) => heard.ends.at(-1)?.silenceMs ?? Number.POSITIVE_INFINITY));
  const [hesitant, fluent] = [true, false].map(hesitates =>
    ends.filter(({ sample }) => sample.hesitates === hesitates),
  );
  const words = results.map(({ reference, heard }) => lostAndAdded(reference, [...heard.captions.values()].join(' ')));
  const share = (key: 'lost' | 'added') =>
    Math.round(
      (1000 * words.reduce((sum, each) => sum + each[key], 0)) / words.reduce((sum, each) => sum + each.words, 0),
    ) / 10;
  const holds = results.flatMap(result => holdsOf(result));
  const percent = (isCut: (hold: Hold) => boolean) =>
    Math.round((1000 * holds.filter(isCut).length) / holds.length) / 10;
  const certainty = certaintyFor(MEDIAN_MS, ends);
  const other = (rule: 'vad500' | 'smartTurn', isCutAt300: (hold: Hold) => boolean) => ({
    cutOffsPerMinute: cutBy(each => each[rule].cutAtS),
    cutOffPercentAt300Ms: percent(isCutAt300),
    waitMsP50: spread(fluent!.map(each => each[rule].waitMs)).p50,
    waitMsP95: spread(fluent!.map(each => each[rule].waitMs)).p95,
  });
  return {
    minutes: Math.round(minutes * 10) / 10,
    pauses: holds.length,
    cutOffsPerMinute: cutBy(ours),
    cutOffPercentAt300Ms: percent(({ pauseMs, silenceFor }) => (silenceFor?.(certainty) ?? 0) < pauseMs),
    waitMsP50: waitsOf(fluent!).p50,
    waitMsP95: waitsOf(fluent!).p95,
    waitAfterHesitationMsP50: waitsOf(hesitant!).p50,
    waitAfterHesitationMsP95: waitsOf(hesitant!).p95,
    lostWordsPercent: share('lost'),
    addedWordsPercent: share('added'),
    vad500: other('vad500', ({ pauseMs }) => pauseMs > MEDIAN_MS),
    smartTurn: other('smartTurn', ({ isCutBySmartTurn }) => isCutBySmartTurn),
  };
}

interface Hold {
  pauseMs: number;
  silenceFor: ((certainty: number) => number) | undefined;
  isCutBySmartTurn: boolean;
}

/** Pauses in mid-turn that are long enough to be read. */
function holdsOf({ sample, heard, smartTurn }: Result): Hold[] {
  return pausesIn(heard.windows).flatMap(({ from, to }) => {
    const pauseMs = ((to - from) * 1000) / LISTEN_RATE;
    if (to === Number.POSITIVE_INFINITY || pauseMs < 200 || mayEnd(sample, from / LISTEN_RATE)) return [];
    const read = heard.pauses.findLast(({ fromSample }) => Math.abs(fromSample - from) < NEAR / 3);
    return [
      {
        pauseMs,
        silenceFor: read?.silenceFor,
        isCutBySmartTurn: smartTurn.cutAtS.some(s => Math.abs(s - from / LISTEN_RATE) < 0.1),
      },
    ];
  });
}

/** How sure to be, so that people who are done wait so long, half of them. */
function certaintyFor(medianMs: number, ends: readonly Result[]): number {
  const last = ends.flatMap(({ heard }) => heard.pauses.at(-1)?.silenceFor ?? []);
  let [low, high] = [0.3, 0.999];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (spread(last.map(silenceFor => silenceFor(middle))).p50 < medianMs) low = middle;
    else high = middle;
  }
  return low;
}

const STORY = `Once upon a time there was a lighthouse on a small island, and in it lived an old man who loved the sea.
  Every evening he lit the lamp. What do you think he saw from up there? Ships, of course, and whales, and now and then
  a storm that came over the water like a wall. Shall I tell you more about him?`;
const ECHO_DB = -20;
const ECHO_MS = 150;

/** The avatar's voice comes back into an open microphone: nothing of it may be taken for somebody. */
async function ownVoice(voice: Hibari, hearing: Hearing): Promise<number> {
  const said = await speak(voice, 'sarah', STORY);
  const delay = (ECHO_MS * LISTEN_RATE) / 1000;
  const gain = 10 ** (ECHO_DB / 20);
  const turns = await inLanes([...Array(QUIET_LANES).keys()], QUIET_LANES, async lane => {
    const rest = new Int16Array((1 + lane) * LISTEN_RATE);
    const round = concatenated([said, rest]);
    const sound = concatenated(Array.from({ length: Math.ceil((QUIET_S * LISTEN_RATE) / round.length) }, () => round));
    const background = pinkNoise(sound.length / LISTEN_RATE, 20);
    const microphone = background.map((noise, i) => noise + gain * (sound[i - delay] ?? 0));
    const resampler = new Resampler(LISTEN_RATE, SPEECH_RATE);
    const sent = concatenated([resampler.push(sound), resampler.flush()]);
    const air = new SentSound();
    const gate = new EchoGate(air);
    const frame = SPEECH_RATE / 50;
    const { ends } = await hear(microphone, hearing, (pcm, index) => {
      const heard = gate.push({ pcm, audible: true });
      const out = sent.subarray(index * frame, (index + 1) * frame);
      air.push(out.some(sample => sample !== 0) && out.length === frame ? out : undefined);
      return heard;
    });
    return ends.length;
  });
  return turns.reduce((sum, each) => sum + each, 0);
}

async function noise(hearing: Hearing): Promise<object> {
  const wholeS = QUIET_S * QUIET_LANES;
  const kinds = {
    noiseTurns: pinkNoise(wholeS, 1500),
    musicTurns: music(wholeS, 3000),
    keyboardTurns: keyboard(wholeS, 4000),
    coughTurns: coughs(wholeS, 6000),
  };
  const part = QUIET_S * LISTEN_RATE;
  const parts = Object.entries(kinds).flatMap(([kind, pcm]) =>
    Array.from({ length: QUIET_LANES }, (_, i) => ({ kind, pcm: pcm.subarray(i * part, (i + 1) * part) })),
  );
  const turns = await inLanes(parts, parts.length, async ({ kind, pcm }) => {
    const { captions, ends } = await hear(pcm, hearing);
    if (captions.size > 0) console.log(kind, [...captions.values()].join(' | '));
    return { kind, turns: ends.length };
  });
  const sumOf = (kind: string) => turns.reduce((sum, each) => sum + (each.kind === kind ? each.turns : 0), 0);
  return Object.fromEntries(Object.keys(kinds).map(kind => [kind, sumOf(kind)]));
}
