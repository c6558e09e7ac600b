import { cases, measured } from '../../agents/safety/cases.ts';
import { Hearing } from '../../agents/safety/hearing.ts';

/** How well danger is recognised in words, over the phrasings and near misses of the tests, those held back included. */
export function safetyFigures(): { safetyRecallPercent: number; safetyFalseAlarmPercent: number } {
  const all = (['dangers', 'near-misses', 'held-back', 'languages'] as const).map(cases);
  const { recallPercent, falseAlarmPercent } = measured(
    { dangers: all.flatMap(({ dangers }) => dangers), nearMisses: all.flatMap(({ nearMisses }) => nearMisses) },
    new Hearing(),
  );
  const rounded = (percent: number) => Math.round(percent * 10) / 10;
  return { safetyRecallPercent: rounded(recallPercent), safetyFalseAlarmPercent: rounded(falseAlarmPercent) };
}
