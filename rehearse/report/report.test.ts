import { describe, expect, it } from 'vitest';
import { junitOf } from './junit.ts';
import type { RunReport, ScenarioReport } from './report.ts';
import { scenarioText, summaryText } from './text.ts';

const run = (...problems: string[]): RunReport => ({
  seed: 7,
  tookMs: 1500,
  problems,
  judgements: [],
  transcript: ['sarah: Hello.', 'caller: 2 < 3 & "so"\u0000\u001b[31m\ud800'],
  figures: { latencyMs: [400, 600], firstAnswerMs: [], words: { said: 10, lost: 1 } },
});
const scenario = (over: Partial<ScenarioReport>): ScenarioReport => ({
  name: 'one',
  persona: 'sarah',
  how: 'spoken',
  outcome: 'passed',
  skippedJudgements: [],
  notJudged: [],
  runs: [run()],
  wanted: 1,
  ...over,
});
const files = [
  {
    file: 'a.yaml',
    scenarios: [
      scenario({ skippedJudgements: ['It is kind.'] }),
      scenario({ name: 'two', outcome: 'failed', runs: [run('lacks <price>'), run()], wanted: 2 }),
      scenario({ name: 'three', outcome: 'skipped', skipped: 'only spoken (--spoken)', runs: [] }),
    ],
  },
];

describe('what came of it', () => {
  const xml = junitOf(files);

  it('is a suite a file and a case a scenario, and a skipped case for what nobody judged', () => {
    expect(xml).toContain('<testsuite name="a.yaml" tests="4" failures="1" skipped="2" errors="0" time="4.500">');
    expect(xml.match(/<testcase /g)).toHaveLength(4);
    expect(xml).toContain(
      '<testcase classname="a.yaml" name="one: It is kind." time="0.000"><skipped message="no language model is connected"/>',
    );
    expect(xml).toContain('<skipped message="only spoken (--spoken)"/>');
  });

  it('says of a failure what was wanted and what was said, in characters that XML may hold', () => {
    expect(xml).toContain(
      '<failure message="1 of 2 passed, 2 are wanted: lacks &lt;price&gt;" type="rule">seed 7\n- lacks &lt;price&gt;\nsarah: Hello.',
    );
    expect(xml).toContain('caller: 2 &lt; 3 &amp; &quot;so&quot;\ufffd\ufffd[31m\ufffd');
    expect(xml).toMatch(/^[\t\n\r\x20-\ud7ff\ue000-\ufffd]*$/);
  });

  it('is a line for who passes, and all there is to know of who fails', () => {
    const [one, two, three] = files[0]!.scenarios.map(each => scenarioText(each).split('\n'));
    expect(one).toEqual([
      expect.stringMatching(/^ok {7}one {51}sarah, spoken, 1\.5 s, answers after 400 ms, 90 % of words heard$/),
      '         skipped, no language model is connected: It is kind.',
    ]);
    expect(two![0]).toMatch(/^FAILED {3}two .* 1\/2, wanted 2$/);
    expect(two).toContain('         - lacks <price>');
    expect(two!.at(-1)).toBe('         again: --seed 7 --times 1');
    expect(three).toEqual(['skipped  three: only spoken (--spoken)']);
    expect(summaryText(files)).toBe('1 passed, 1 failed, 1 skipped');
  });
});
