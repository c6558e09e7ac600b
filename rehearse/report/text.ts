import { spread } from '../../test/harness/stats.ts';
import { holds } from '../judge/judgement.ts';
import { type Figures, wordsHeardPercent } from '../judge/rules.ts';
import { count, type FileReport, passedRuns, type RunReport, type ScenarioReport } from './report.ts';

const NAME_WIDTH = 52;
const LABELS = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' } as const;
const LABEL_WIDTH = 9;
const INDENT = ' '.repeat(LABEL_WIDTH);

/** What became of a scenario, for a terminal: a line, and below it whatever there is to know. */
export function scenarioText(scenario: ScenarioReport): string {
  const { outcome, name, persona, how, runs, skipped, skippedJudgements, notJudged } = scenario;
  const label = LABELS[outcome].padEnd(LABEL_WIDTH);
  if (outcome === 'skipped') return `${label}${name}: ${skipped}`;
  const times =
    runs.length === 1 && scenario.wanted === 1
      ? ''
      : `  ${passedRuns(scenario)}/${runs.length}, wanted ${scenario.wanted}`;
  const tookMs = runs.reduce((sum, run) => sum + run.tookMs, 0);
  const head = `${label}${name.padEnd(NAME_WIDTH)}  ${persona}, ${how}, ${(tookMs / 1000).toFixed(1)} s${figuresText(runs)}${times}`;
  return [
    head,
    ...failureLines(runs.filter(({ problems }) => problems.length > 0)),
    ...runs
      .flatMap(({ judgements }) => judgements)
      .map(judgement => {
        const { statement, yes, no, unclear, reason } = judgement;
        return `${INDENT}judged ${holds(judgement) ? 'true' : 'not true'} (${yes} yes, ${no} no${unclear > 0 ? `, ${unclear} unclear` : ''}): ${statement} (${reason})`;
      }),
    ...skippedJudgements.map(statement => `${INDENT}skipped, no language model is connected: ${statement}`),
    ...(notJudged.length > 0 ? [`${INDENT}not judged when ${how}: ${notJudged.join(', ')}`] : []),
  ].join('\n');
}

/** The last line: how it went. */
export const summaryText = (files: readonly FileReport[]): string =>
  `${count(files, 'passed')} passed, ${count(files, 'failed')} failed, ${count(files, 'skipped')} skipped`;

/** The first with all that was said, the others in short. */
const failureLines = ([first, ...others]: readonly RunReport[]): string[] =>
  first === undefined
    ? []
    : [
        ...first.problems.map(problem => `${INDENT}- ${problem}`),
        ...first.transcript.map(line => `${INDENT}  ${line}`),
        `${INDENT}again: --seed ${first.seed} --times 1`,
        ...others.map(({ seed, problems }) => `${INDENT}- ${problems[0]} (--seed ${seed})`),
      ];

/** Of all runs together. */
export function figuresText(runs: readonly { figures: Figures }[]): string {
  const all = (key: 'latencyMs' | 'firstAnswerMs') => runs.flatMap(({ figures }) => figures[key]);
  const latencyMs = all('latencyMs');
  const words = runs.reduce(
    (sum, { figures }) => ({ said: sum.said + figures.words.said, lost: sum.lost + figures.words.lost }),
    { said: 0, lost: 0 },
  );
  const heard = wordsHeardPercent({ words });
  return [
    ...(latencyMs.length > 0 ? [`, answers after ${spread(latencyMs).p50} ms`] : []),
    ...(heard === undefined ? [] : [`, ${heard} % of words heard`]),
  ].join('');
}
