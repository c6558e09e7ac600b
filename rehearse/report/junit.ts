import { type FileReport, passedRuns, type RunReport, type ScenarioReport } from './report.ts';

/**
 * JUnit XML as CI servers read it: a test suite a file, a test case a scenario, and one more, skipped, for each statement
 * that nobody judged.
 */
export function junitOf(files: readonly FileReport[]): string {
  const suites = files.map(({ file, scenarios }) => {
    const cases = scenarios.flatMap(scenario => casesOf(file, scenario));
    const failures = scenarios.filter(({ outcome }) => outcome === 'failed').length;
    const skipped = cases.filter(each => each.includes('<skipped')).length;
    const attributes = { name: file, tests: cases.length, failures, skipped, errors: 0, time: secondsOf(scenarios) };
    return element('testsuite', attributes, `\n${cases.join('\n')}\n`);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="rehearse">\n${suites.join('\n')}\n</testsuites>\n`;
}

function casesOf(file: string, scenario: ScenarioReport): string[] {
  const { name, outcome, skipped, skippedJudgements } = scenario;
  const content =
    outcome === 'skipped'
      ? element('skipped', { message: skipped ?? '' })
      : outcome === 'failed'
        ? failureOf(scenario)
        : '';
  return [
    element('testcase', { classname: file, name, time: secondsOf([scenario]) }, content),
    ...skippedJudgements.map(statement =>
      element(
        'testcase',
        { classname: file, name: `${name}: ${statement}`, time: '0.000' },
        element('skipped', { message: 'no language model is connected' }),
      ),
    ),
  ];
}

function failureOf(scenario: ScenarioReport): string {
  const failed = scenario.runs.filter(({ problems }) => problems.length > 0);
  const message = `${passedRuns(scenario)} of ${scenario.runs.length} passed, ${scenario.wanted} are wanted: ${failed[0]?.problems[0] ?? ''}`;
  return element('failure', { message, type: 'rule' }, escaped(failed.map(textOf).join('\n\n')));
}

const textOf = ({ seed, problems, transcript }: RunReport): string =>
  [`seed ${seed}`, ...problems.map(problem => `- ${problem}`), ...transcript].join('\n');

const secondsOf = (scenarios: readonly ScenarioReport[]): string =>
  (scenarios.flatMap(({ runs }) => runs).reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000).toFixed(3);

/** @param content XML */
function element(name: string, attributes: Record<string, string | number>, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** As XML 1.0 may hold it: most control characters, halves of pairs and non-characters cannot even be written as numbers. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, sign => ENTITIES[sign]!);
