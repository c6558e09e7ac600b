/** What attackers send: messages that are right, messages that are nearly right, and rubbish. */
import * as fc from 'fast-check';
import { z } from 'zod';

type Json = Record<string, unknown>;
/** How properties of these names are made, instead of as their schema says. */
export type ByName = Record<string, fc.Arbitrary<unknown>>;

const MOST_ITEMS = 4;
const LONGEST = 300;

const HOSTILE = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e\u200b',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00%zz',
  "'; drop table messages; --",
  '<img src=x onerror=alert(1)>',
  '{{7*7}}',
  '9'.repeat(400),
  '\uffff'.repeat(3000),
  -1,
  -0,
  0.5,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
];
const deep = (levels: number): unknown => Array.from({ length: levels }).reduce<unknown>(inner => [inner], 1);

/** Anything that a wire can carry, with a liking for what programs trip over. */
export const rubbish: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue() },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...HOSTILE) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: LONGEST }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map(bytes => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 500 }).map(deep) },
  { weight: 1, arbitrary: fc.constant(JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}')) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }).map(length => 'x'.repeat(length)) },
);

/** Values that fit a schema. */
export const fitting = (schema: z.ZodType, byName: ByName = {}): fc.Arbitrary<unknown> =>
  ofSchema(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json, byName);

function ofSchema(schema: Json, byName: ByName): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const either = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (either !== undefined) return fc.oneof(...either.map(each => ofSchema(each, byName)));
  switch (schema.type) {
    case 'string':
      return ofString(schema);
    case 'integer':
    case 'number':
      return ofNumber(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(ofSchema((schema.items ?? {}) as Json, byName), {
        minLength: (schema.minItems as number) ?? 0,
        maxLength: Math.max((schema.minItems as number) ?? 0, MOST_ITEMS),
      });
    case 'object':
      return ofObject(schema, byName);
    default:
      return fc.jsonValue();
  }
}

function ofString({ format, pattern, minLength = 0, maxLength = LONGEST }: Json): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time' || format === 'date')
    return fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map(date => date.toISOString().slice(0, format === 'date' ? 10 : undefined));
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  return fc.string({
    unit: 'grapheme',
    minLength: minLength as number,
    maxLength: Math.min(maxLength as number, LONGEST),
  });
}

function ofNumber({ type, minimum, maximum }: Json): fc.Arbitrary<number> {
  const [min, max] = [(minimum as number) ?? -(2 ** 53) + 1, (maximum as number) ?? 2 ** 53 - 1];
  return type === 'integer'
    ? fc.oneof(
        fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(max, 2 ** 31 - 1) }),
        fc.constantFrom(min, max),
      )
    : fc.double({ min, max, noNaN: true });
}

function ofObject({ properties = {}, required = [], additionalProperties }: Json, byName: ByName) {
  const parts = Object.fromEntries(
    Object.entries(properties as Record<string, Json>).map(([name, each]) => [
      name,
      byName[name] ?? ofSchema(each, byName),
    ]),
  );
  const known = fc.record(parts, { requiredKeys: required as string[], noNullPrototype: true });
  if (typeof additionalProperties !== 'object') return known;
  const more = fc.dictionary(fc.string({ maxLength: 20 }), ofSchema(additionalProperties as Json, byName), {
    maxKeys: MOST_ITEMS,
    noNullPrototype: true,
  });
  return fc.tuple(more, known).map(([rest, own]) => ({ ...rest, ...own }));
}

interface Change {
  how: 'replace' | 'remove' | 'wrap' | 'add';
  /** Counts the places where it may happen. */
  at: number;
  what: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('replace', 'replace', 'remove', 'wrap', 'add'),
  at: fc.nat(1000),
  what: rubbish,
});

/** Values that were right, with one to three things wrong in them. */
export const mutated = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(right, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => changes.reduce(changed, structuredClone(value)));

function changed(value: unknown, { how, at, what: shared }: Change): unknown {
  // Its own copy: what is put into itself has no end.
  const what = structuredClone(shared);
  const places = placesIn(value);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return what;
  const [holder, key] = place;
  if (how === 'replace') holder[key] = what;
  if (how === 'remove') delete holder[key];
  if (how === 'wrap') holder[key] = [holder[key]];
  if (how === 'add' && Array.isArray(holder)) holder.push(what);
  else if (how === 'add') holder[(JSON.stringify(what) ?? '').slice(0, 20)] = what;
  return value;
}

function placesIn(value: unknown, found: [Json, string][] = []): [Json, string][] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found;
  for (const key of Object.keys(value)) {
    found.push([value as Json, key]);
    placesIn((value as Json)[key], found);
  }
  return found;
}

/** Mostly nearly right: what is quite wrong goes no further than the first check. */
export const attempt = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: right },
    { weight: 5, arbitrary: mutated(right) },
    { weight: 1, arbitrary: rubbish },
  );

/** Where a wire carries objects only. */
export const asObject = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
    ? value
    : { value };

/** Bytes that were right, with some of them changed, cut off or repeated. */
export const mutatedBytes = (right: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      right,
      fc.array(fc.tuple(fc.nat(1 << 20), fc.nat(255)), { maxLength: 12 }),
      fc.option(fc.nat(1 << 20)),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map(([bytes, flips, cut, tail]) => {
      const copy = Buffer.from(bytes);
      for (const [at, to] of flips) if (copy.length > 0) copy[at % copy.length] = to;
      return Buffer.concat([cut === null ? copy : copy.subarray(0, cut % (copy.length + 1)), tail]);
    });
