/** How well the mouth is taken from the sound alone, on voices that the estimator was not trained with. */
import fs from 'node:fs';
import { Flite } from '../agents/providers/flite/flite.ts';
import { ESTIMATE_RATE } from '../agents/speak/estimate/log-mel.ts';
import { MouthEstimator } from '../agents/speak/estimate/mouth-estimator.ts';
import { NEUTRAL_PROSODY } from '../agents/speak/ports.ts';
import { fliteSpeech } from '../infra/visemes/flite-speech.ts';
import type { Labelled } from '../infra/visemes/labels.ts';
import { type Score, score } from '../infra/visemes/score.ts';
import { TEST_SENTENCES } from '../infra/visemes/texts.ts';

export interface VisemeAccuracy {
  /** 10 ms frames with the right one of six kinds of mouth, over all unheard voices. */
  accuracyPercent: number;
  /** Frames of p, b and m shown with closed lips. */
  closedRecallPercent: number;
  /** Sounds p, b and m in which the lips close at all. */
  closuresHitPercent: number;
  perVoice: Record<string, Score>;
  /** Of one core, for one stream in real time. */
  cpuPercentPerStream: number;
}

/** Speaks the test sentences afresh with each of flite's voices that the weights' header calls unheard. */
export async function visemeAccuracy(): Promise<VisemeAccuracy> {
  const header = new URL('../agents/speak/estimate/visemes.json', import.meta.url);
  const { unheard } = JSON.parse(fs.readFileSync(header, 'utf8')) as { unheard: string[] };
  const flite = new Flite();
  const speeches: Labelled[] = [];
  try {
    for (const voice of unheard.filter(name => flite.capabilities.voices.known.includes(name)))
      for (const text of TEST_SENTENCES) speeches.push(await fliteSpeech(flite, voice, text, NEUTRAL_PROSODY));
  } finally {
    await flite.close();
  }
  const { accuracyPercent, closedRecallPercent, closuresHitPercent } = score(speeches);
  const voices = Object.entries(Object.groupBy(speeches, ({ voice }) => voice));
  return {
    accuracyPercent,
    closedRecallPercent,
    closuresHitPercent,
    perVoice: Object.fromEntries(voices.map(([voice, said]) => [voice, score(said ?? [])])),
    cpuPercentPerStream: cpuPercent(speeches),
  };
}

function cpuPercent(speeches: readonly Labelled[]): number {
  const began = process.cpuUsage();
  const estimator = new MouthEstimator(ESTIMATE_RATE);
  for (const { pcm } of speeches) estimator.push(pcm);
  const { user, system } = process.cpuUsage(began);
  const soundMs = speeches.reduce((sum, { pcm }) => sum + (pcm.length * 1000) / ESTIMATE_RATE, 0);
  return Math.round(((user + system) / 1000 / soundMs) * 10_000) / 100;
}
