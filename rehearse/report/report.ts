import type { Judgement } from '../judge/judgement.ts';
import type { Figures } from '../judge/rules.ts';

/** One time that a scenario was held. */
export interface RunReport {
  /** The same again: `--seed SEED --times 1`. */
  seed: number;
  tookMs: number;
  /** What did not hold, in words; empty: it passed. */
  problems: readonly string[];
  judgements: readonly Judgement[];
  /** As far as it came. */
  transcript: readonly string[];
  figures: Figures;
}

export interface ScenarioReport {
  name: string;
  persona: string;
  how: 'typed' | 'spoken';
  outcome: 'passed' | 'failed' | 'skipped';
  /** Why it was not held. */
  skipped?: string;
  /** Statements that nobody judged, because no language model is connected. */
  skippedJudgements: readonly string[];
  /** Rules that say nothing of a conversation that is held so. */
  notJudged: readonly string[];
  runs: readonly RunReport[];
  /** So many runs must pass. */
  wanted: number;
}

/** One scenario file. */
export interface FileReport {
  file: string;
  scenarios: readonly ScenarioReport[];
}

export const passedRuns = ({ runs }: ScenarioReport): number =>
  runs.filter(({ problems }) => problems.length === 0).length;

/** How many scenarios ended so. */
export const count = (files: readonly FileReport[], outcome: ScenarioReport['outcome']): number =>
  files.reduce((sum, { scenarios }) => sum + scenarios.filter(each => each.outcome === outcome).length, 0);
