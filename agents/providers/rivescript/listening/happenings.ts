/** What is kept from call to call, and asked about when its day has come. */
import type { Fact } from '../../../../protocol/memory.ts';
import { newBeing } from './being.ts';
import { isOver } from './calendar.ts';
import { type Knowledge, nothingKnown } from './knowledge.ts';
import { capital } from './reflect.ts';
import { relationOf } from './relations.ts';
import { stemsIn } from './sentence.ts';
import type { Answer } from './turn.ts';

const KEY = 'event_';
/** `Clara's wedding (2027-06)`: whose, what and when. */
const VALUE = /^(.{1,60}) (\S{1,30}) \((\d{4}-\d{2}(?:-\d{2})?)\)$/u;
const LISTED = ['product', 'customers', 'price', 'place', 'likes', 'job'];

/** What is known of somebody from earlier calls. */
export function knownBefore(facts: readonly Fact[]): Knowledge {
  const known = nothingKnown();
  for (const { key, value: kept } of facts) {
    const value = kept.replaceAll(/[<>{}\\|]/g, '');
    if (LISTED.includes(key)) known.facts[key] = value;
    if (key === 'name') known.name = value;
    if (key === 'likes') known.likes.push(value);
    const [family, relation] = /^(name|story)_(.+)$/.exec(key)?.slice(1) ?? [];
    if (relation !== undefined && relationOf(relation) !== undefined) {
      const being = known.beings.find(each => each.relation === relation) ?? newBeing(relation, 0);
      if (!known.beings.includes(being)) known.beings.push(being);
      if (family === 'name') being.name = value;
      else known.told.push({ clause: value, stems: [...stemsIn(` ${value.toLowerCase()} `), relation], turn: 0 });
    }
    const event = key.startsWith(KEY) ? VALUE.exec(value) : null;
    if (event !== null)
      known.happenings.push({ whose: event[1]!, what: event[2]!, when: whenOf(event[3]!), date: event[3]! });
  }
  const gone = facts.find(({ key }) => key === 'gone')?.value;
  for (const being of known.beings) if (being.relation === gone) being.dead = true;
  const pet = facts.find(({ key }) => key === 'pet')?.value;
  const petName = facts.find(({ key }) => key === 'petname')?.value;
  if (pet !== undefined && !known.beings.some(({ relation }) => relation === pet))
    known.beings.push({ ...newBeing(pet, 0), ...(petName !== undefined && { name: petName }) });
  return known;
}

const whenOf = (iso: string) => {
  const [year = 0, month = 1, day = 1] = iso.split('-').map(Number);
  const date = new Date(year, month - 1, day);
  return iso.length === 7
    ? `in ${date.toLocaleDateString('en-US', { month: 'long' })}`
    : `on ${date.toLocaleDateString('en-US', { month: 'long', day: 'numeric' })}`;
};

/** What is to come, as facts that are new. */
export function happeningFacts({ happenings, beings }: Knowledge, before: readonly Fact[]): Fact[] {
  return happenings.flatMap(({ what, whose, when, date }) => {
    const value = `${whose} ${what} (${date})`;
    const key = `${KEY}${`${whose} ${what}`
      .toLowerCase()
      .replaceAll("'s", '')
      .replaceAll(/[^a-z0-9]+/g, '_')}`.slice(0, 60);
    if (before.some(fact => fact.key === key && fact.value === value)) return [];
    const name = whose.replace(/'s$/, '');
    const being = beings.find(each => each.name === name);
    const who = being?.relation === undefined ? '' : ` ${name} is their ${being.relation}.`;
    const own = whose === 'your' ? 'Their' : capital(whose.replace(/^your /, 'their '));
    return [{ key, value: value.slice(0, 200), text: `${own} ${what} is ${when} (${date}).${who}`.slice(0, 300) }];
  });
}

/** Something that was to come has been since: it is asked about first. Undefined where there is nothing of the kind. */
export function askedAfter(facts: readonly Fact[], name: string, now: Date): Answer | undefined {
  const over = facts
    .filter(({ key }) => key.startsWith(KEY))
    .flatMap(({ value }) => {
      const event = VALUE.exec(value);
      return event !== null && isOver(event[3]!, now) ? [event] : [];
    })
    .toSorted((a, b) => b[3]!.localeCompare(a[3]!))[0];
  if (over === undefined) return undefined;
  const called = facts.find(({ key }) => key === 'name')?.value ?? name;
  return { text: `Hello again, ${called}. How was ${over[1]} ${over[2]}?`, emotion: 'happy' };
}
