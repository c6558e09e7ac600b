import fs from 'node:fs';
import { parse } from 'yaml';
import { DangerKind } from '../../protocol/dangers.ts';
import type { Hearing } from './hearing.ts';

/** What people say in danger, and what only sounds like it. */
export interface Cases {
  dangers: { kind: DangerKind; text: string }[];
  nearMisses: string[];
}

/** Reads `cases/NAME.yaml`. */
export function cases(name: 'dangers' | 'near-misses' | 'held-back' | 'languages'): Cases {
  const file: unknown = parse(fs.readFileSync(new URL(`cases/${name}.yaml`, import.meta.url), 'utf8'));
  const both = file as { dangers?: Record<string, string[]>; 'near-misses'?: string[] };
  const dangers = name === 'dangers' ? (file as Record<string, string[]>) : (both.dangers ?? {});
  return {
    dangers: Object.entries(dangers).flatMap(([kind, texts]) =>
      texts.map(text => ({ kind: DangerKind.parse(kind), text })),
    ),
    nearMisses: name === 'near-misses' ? (file as string[]) : (both['near-misses'] ?? []),
  };
}

/** How many dangers are recognised, and how many near misses taken for danger; with those that went wrong. */
export function measured({ dangers, nearMisses }: Cases, hearing: Hearing) {
  const missed = dangers.map(({ text }) => text).filter(text => hearing.find(text) === undefined);
  const falseAlarms = nearMisses.filter(text => hearing.find(text) !== undefined);
  const percent = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);
  return {
    recallPercent: percent(dangers.length - missed.length, dangers.length),
    falseAlarmPercent: percent(falseAlarms.length, nearMisses.length),
    missed,
    falseAlarms,
  };
}
