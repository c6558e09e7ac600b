import fs from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** What there may be a number for. */
export const NUMBERS = ['emergency', 'crisis', 'poison', 'violence', 'child'] as const;
export type NumberName = (typeof NUMBERS)[number];

const number = z.string().regex(/^[0-9+][0-9 ]{1,24}$/, 'digits, and spaces between them');
/** Whom to call in one country. */
export const CountryNumbers = z.strictObject({
  emergency: number,
  crisis: number.optional(),
  poison: number.optional(),
  violence: number.optional(),
  child: number.optional(),
});
export type CountryNumbers = z.infer<typeof CountryNumbers>;

const Table = z.record(
  z.string().regex(/^[A-Z]{2}$/),
  CountryNumbers.extend({ crisis: number, sources: z.array(z.url()).min(1) }),
);

/** The numbers of all countries that are known, by ISO 3166 code, with where they are from. */
export const numbersByCountry = (): z.infer<typeof Table> =>
  Table.parse(parse(fs.readFileSync(new URL('emergency.yaml', import.meta.url), 'utf8')));

/**
 * The numbers that are told; where one is missing, it is said in words.
 * @param country ISO 3166, of the table; absent: none of the table's
 * @param own an operator's, in the place of the table's
 */
export function numbersFor(country: string | undefined, own: Partial<CountryNumbers> = {}): Partial<CountryNumbers> {
  const { sources: _, ...known } = (country === undefined ? undefined : numbersByCountry()[country]) ?? { sources: [] };
  return { ...known, ...own };
}
