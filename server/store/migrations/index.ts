import type { Migration } from 'kysely/migration';
import { conversations } from './001-conversations.ts';
import { stays } from './002-stays.ts';
import { traces } from './003-traces.ts';
import { hearing } from './004-hearing.ts';
import { answers } from './005-answers.ts';
import { ratings } from './006-ratings.ts';
import { audience } from './007-audience.ts';
import { voices } from './008-voices.ts';

/** All of them, oldest first. What has been released is never changed: what it got wrong, the next one mends. */
export const MIGRATIONS: Record<string, Migration> = {
  '001-conversations': conversations,
  '002-stays': stays,
  '003-traces': traces,
  '004-hearing': hearing,
  '005-answers': answers,
  '006-ratings': ratings,
  '007-audience': audience,
  '008-voices': voices,
};
