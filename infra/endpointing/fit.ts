/**
 * Fits what the end of a turn is judged by (agents/listen/endpoint/weights.json) to pauses of recordings.
 *   node infra/endpointing/fit.ts PAUSES.json
 */
import fs from 'node:fs';
import path from 'node:path';
import { features, soundOdds } from '../../agents/listen/endpoint/estimate.ts';
import { askedFor, readWords } from '../../agents/listen/witness/reading.ts';
import type { Pause } from './pauses.ts';

/** How much a pause counts, by where it is from: talk is what it is about. */
const COUNTS: Record<string, number> = { ami: 8, scripted: 1, prompts: 0.5, sphinx: 0.5 };
/** Held back from the fit. */
export const isHeldOut = ({ source }: Pause) =>
  /^ami\/tst/.test(source) || (source.startsWith('prompts') && hash(source) % 5 === 0);
const RIDGE = 2;
/** How a voice moves was learned from few people: it may say less. */
const VOICE_RIDGE = 20;
const OF_VOICE = new Set(['falls', 'rises', 'level', 'softer', 'held']);
const STEPS = 4000;
const RATE = 0.02;

const hash = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.codePointAt(0)!) >>> 0, 7);

interface Row {
  values: Record<string, number>;
  done: boolean;
  counts: number;
}

const rowOf = (pause: Pause): Row => ({
  values: features({
    words: readWords(pause.text, askedFor(pause.asked ?? '')),
    voice: pause.voice ?? undefined,
    speechMs: pause.speechMs,
  }),
  done: pause.done,
  counts: COUNTS[pause.source.split('/')[0]!] ?? 1,
});

/** As many ends as pauses: of the silences that a talk with one other person has, about half are somebody's turn. */
function balanced(rows: readonly Row[]): Row[] {
  const weight = (done: boolean) => rows.reduce((sum, row) => sum + (row.done === done ? row.counts : 0), 0);
  const [ends, holds] = [weight(true), weight(false)];
  return rows.map(row => ({ ...row, counts: (row.counts * (ends + holds)) / (2 * (row.done ? ends : holds)) }));
}

const ridge = (name: string) => (name === 'bias' ? 0 : OF_VOICE.has(name) ? VOICE_RIDGE : RIDGE);

/** Logistic regression with a quadratic penalty on all weights but the bias, by gradient descent with momentum. */
function fitted(rows: readonly Row[]): Record<string, number> {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const total = rows.reduce((sum, { counts }) => sum + counts, 0);
  const weights = new Float64Array(names.length);
  const speed = new Float64Array(names.length);
  const matrix = rows.map(({ values }) => names.map(name => values[name] ?? 0));
  for (let step = 0; step < STEPS; step++) {
    const slope = Float64Array.from(weights, (weight, i) => ridge(names[i]!) * weight);
    for (const [r, row] of matrix.entries()) {
      const sum = row.reduce((all, value, i) => all + value * weights[i]!, 0);
      const error = (1 / (1 + Math.exp(-sum)) - Number(rows[r]!.done)) * rows[r]!.counts;
      for (const [i, value] of row.entries()) slope[i]! += error * value;
    }
    for (let i = 0; i < names.length; i++) {
      speed[i] = 0.9 * speed[i]! - (RATE * 10 * slope[i]!) / total;
      weights[i]! += speed[i]!;
    }
  }
  return Object.fromEntries(names.map((name, i) => [name, Number(weights[i]!.toFixed(3))]));
}

/** Area under the ROC curve: how likely an end is judged likelier to be one than a pause. */
function auc(rows: readonly Row[], weights: Record<string, number>): number {
  const ends = rows.filter(({ done }) => done).map(row => score(weights, row));
  const holds = rows.filter(({ done }) => !done).map(row => score(weights, row));
  let wins = 0;
  for (const end of ends) for (const hold of holds) wins += end > hold ? 1 : end === hold ? 0.5 : 0;
  return wins / (ends.length * holds.length);
}

/**
 * Who reads a book or an announcement goes on after most of its sentences, and who asks for a thing in pieces stops in
 * the middle: neither says anything of talk.
 */
const isTelling = ({ source, done, text }: Pause) =>
  source.startsWith('ami') || source.startsWith('scripted') || done || !/[.!?]$/.test(text);

const score = (weights: Record<string, number>, { values }: Row) =>
  Object.entries(values).reduce((sum, [name, x]) => sum + (weights[name] ?? 0) * x, 0);

const all = (JSON.parse(fs.readFileSync(process.argv[2]!, 'utf8')) as Pause[]).filter(isTelling);
const held = all.filter(isHeldOut);
const used = all.filter(each => !isHeldOut(each));
const logs = used.flatMap(({ done, pauseMs, source }) =>
  !done && pauseMs !== null && source.startsWith('ami') ? [Math.log(pauseMs)] : [],
);
const meanLog = logs.reduce((sum, x) => sum + x, 0) / logs.length;
const sdLog = Math.sqrt(logs.reduce((sum, x) => sum + (x - meanLog) ** 2, 0) / logs.length);
const rest = fitted(balanced(used.map(rowOf)));
// The model's opinion is weighed against all others' together: there are too few recordings to do it one by one.
const stacked = (pause: Pause): Row => {
  const { values, ...row } = rowOf(pause);
  return { ...row, values: { bias: 1, rest: score(rest, { values, ...row }), sound: soundOdds(pause.sound!) } };
};
const heard = (each: Pause) => each.sound !== null;
const sound = fitted(balanced(used.filter(heard).map(stacked)));
const result = { rest, sound, pauses: { meanLog: Number(meanLog.toFixed(3)), sdLog: Number(sdLog.toFixed(3)) } };
fs.writeFileSync(
  path.join(import.meta.dirname, '../../agents/listen/endpoint/weights.json'),
  `${JSON.stringify(result, null, 2)}\n`,
);
console.log(JSON.stringify(result, null, 1));
const groups = { fitted: used, 'held out': held, talk: used.filter(({ source }) => source.startsWith('ami')) };
for (const [name, pauses] of Object.entries(groups)) {
  const rows = pauses.filter(heard).map(stacked);
  console.log(
    `${name}: ${pauses.length} pauses, ${rows.filter(({ done }) => done).length} ends; AUC all ${auc(rows, sound).toFixed(3)}, without sound ${auc(pauses.map(rowOf), rest).toFixed(3)}, sound alone ${auc(rows, { sound: 1 }).toFixed(3)}`,
  );
}
