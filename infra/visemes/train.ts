/** `node infra/visemes/train.ts`: makes the weights of the mouth estimator. See README.md. */
import fs from 'node:fs';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { BANDS, LogMel } from '../../agents/speak/estimate/log-mel.ts';
import { NETWORK_AHEAD } from '../../agents/speak/estimate/mouth-estimator.ts';
import { type LayerShape, readWeights, writeWeights } from '../../agents/speak/estimate/network.ts';
import { VISEMES, type Viseme } from '../../protocol/timeline.ts';
import { augmented, coloured } from './augment.ts';
import { Espeak } from './espeak-speech.ts';
import { fliteSpeech } from './flite-speech.ts';
import type { Labelled } from './labels.ts';
import { Learner } from './learner.ts';
import { Random } from './random.ts';
import { score } from './score.ts';
import { TEST_SENTENCES, trainingSentences } from './texts.ts';

const SEED = 20_26;
const EPOCHS = 8;
const PEAK_RATE = 2e-3;
/** Never heard in training; the accuracy is measured on them. `UNHEARD=slt` leaves out another of flite's. */
const FLITE_UNHEARD = process.env.UNHEARD ?? 'rms';
const ESPEAK_UNHEARD = ['en-gb-scotland+f3', 'en-us+m7'];
const FLITE_VOICES = ['slt', 'rms', 'awb', 'kal16'].filter(voice => voice !== FLITE_UNHEARD);
const FLITE_SENTENCES = 260;
const ESPEAK_VOICES = [
  'en-us',
  'en-us+f1',
  'en-us+f2',
  'en-us+f5',
  'en-us+m1',
  'en-us+m3',
  'en-us+m6',
  'en-us+klatt2',
  'en-us+klatt4',
  'en-gb-x-rp',
  'en-gb-x-rp+f4',
  'en-gb-x-rp+m4',
  'en-us-nyc+f1',
  'en-us-nyc+m8',
  'en-029+m2',
];
const ESPEAK_SENTENCES = 40;
const HIDDEN = 80;
const SHAPE: LayerShape[] = [
  { inputs: BANDS, outputs: HIDDEN, taps: [0, 1, 2, 3, 4] },
  { inputs: HIDDEN, outputs: HIDDEN, taps: [0, 3, 6] },
  { inputs: HIDDEN, outputs: HIDDEN, taps: [0, 4, 8] },
  { inputs: HIDDEN, outputs: HIDDEN, taps: [0, 6, 12] },
  { inputs: HIDDEN, outputs: VISEMES.length + 1, taps: [0] },
];
/** A missed closure is seen; a missed t is not. */
const IMPORTANCE: Partial<Record<Viseme, number>> = { PP: 1.3, FF: 1.3 };
const JAW_IMPORTANCE = 2;

const random = new Random(SEED);
const began = performance.now();
const log = (text: string) => console.log(`${((performance.now() - began) / 1000).toFixed(0)} s  ${text}`);

async function speech(): Promise<{ training: Labelled[]; tests: Record<string, Labelled[]> }> {
  const flite = new Flite();
  const espeak = await Espeak.load();
  const training: Labelled[] = [];
  for (const voice of FLITE_VOICES)
    for (const text of trainingSentences(FLITE_SENTENCES, random)) {
      const prosody = {
        rate: random.between(0.85, 1.25),
        pitch: random.between(0.75, 1.4),
        range: random.between(0.6, 1.6),
      };
      training.push(await fliteSpeech(flite, voice, text, prosody));
    }
  for (const voice of ESPEAK_VOICES)
    for (const text of trainingSentences(ESPEAK_SENTENCES, random)) {
      const said = espeak.speak(voice, text, random.between(130, 200), random.between(20, 80));
      if (said !== undefined) training.push(said);
    }
  const tests: Record<string, Labelled[]> = { [FLITE_UNHEARD]: [] };
  for (const text of TEST_SENTENCES)
    tests[FLITE_UNHEARD]!.push(await fliteSpeech(flite, FLITE_UNHEARD, text, { rate: 1, pitch: 1, range: 1 }));
  for (const voice of ESPEAK_UNHEARD)
    tests[voice] = TEST_SENTENCES.flatMap(text => espeak.speak(voice, text, 165, 50) ?? []);
  await flite.close();
  return { training, tests };
}

/** The loss's derivative by the network's outputs: cross-entropy of the viseme, squared error of the jaw. */
function slope(outputs: Float32Array, labels: Labelled['labels']): number {
  const width = VISEMES.length + 1;
  const frames = outputs.length / width;
  let loss = 0;
  for (let t = 0; t < frames; t++) {
    const row = outputs.subarray(t * width, (t + 1) * width);
    const label = labels[t - NETWORK_AHEAD];
    if (label === undefined) {
      row.fill(0);
      continue;
    }
    const wanted = VISEMES.indexOf(label.viseme);
    const importance = (IMPORTANCE[label.viseme] ?? 1) / frames;
    const shares = row.subarray(0, VISEMES.length);
    const highest = Math.max(...shares);
    let sum = 0;
    for (let i = 0; i < shares.length; i++) {
      shares[i] = Math.exp(shares[i]! - highest);
      sum += shares[i]!;
    }
    loss -= Math.log(shares[wanted]! / sum) / frames;
    for (let i = 0; i < shares.length; i++) shares[i] = importance * (shares[i]! / sum - (i === wanted ? 1 : 0));
    row[width - 1] = ((row[width - 1]! - label.jaw) * JAW_IMPORTANCE) / frames;
  }
  return loss;
}

const { training, tests } = await speech();
const seconds = training.reduce((sum, { pcm }) => sum + pcm.length / 16_000, 0);
log(`${training.length} utterances, ${(seconds / 60).toFixed(0)} min`);
const learner = new Learner(SHAPE, random);
const steps = training.length * EPOCHS;
let step = 0;
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  const order = random.shuffled(training);
  let loss = 0;
  for (const spoken of order) {
    const { pcm, labels } = augmented(spoken, random);
    const frames: Float32Array[] = [];
    new LogMel({ warp: random.between(0.86, 1.18), gains: coloured(random) }).push(pcm, features =>
      frames.push(features),
    );
    const inputs = new Float32Array(frames.length * BANDS);
    frames.forEach((features, t) => {
      inputs.set(features, t * BANDS);
    });
    learner.learn(inputs, frames.length, outputs => {
      loss += slope(outputs, labels);
    });
    const done = step++ / steps;
    learner.step(PEAK_RATE * Math.min(1, done * 30) * (0.5 + 0.5 * Math.cos(Math.PI * done)));
  }
  const heard = Object.entries(tests).map(([voice, said]) => {
    const { accuracyPercent, closedRecallPercent } = score(said, learner.layers);
    return `${voice} ${accuracyPercent}% (closed ${closedRecallPercent}%)`;
  });
  log(`epoch ${epoch + 1}/${EPOCHS}: loss ${(loss / order.length).toFixed(3)}; ${heard.join(', ')}`);
}

const { header, binary } = writeWeights(learner.layers);
const target = process.env.OUT ?? new URL('../../agents/speak/estimate', import.meta.url).pathname;
fs.writeFileSync(
  `${target}/visemes.json`,
  `${JSON.stringify({ ...header, unheard: [FLITE_UNHEARD, ...ESPEAK_UNHEARD] }, null, 2)}\n`,
);
fs.writeFileSync(`${target}/visemes.bin`, binary);
const kept = readWeights(header, binary);
for (const [voice, said] of Object.entries(tests)) console.log(voice, score(said, kept));
log(`written, ${binary.length} bytes`);
