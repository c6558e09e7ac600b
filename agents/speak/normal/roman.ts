/** Roman numerals, where nothing else can be meant. */
import { cardinal, ordinal } from './numbers.ts';
import type { Place } from './ports.ts';

const VALUES: ReadonlyMap<string, number> = new Map(Object.entries({ I: 1, V: 5, X: 10, L: 50, C: 100 }));
const ROMAN = /^(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})$/;
/** What is counted by them. */
const COUNTED = new Set(
  'Chapter Part War Volume Book Act Scene Section Phase Type Stage Level Class Grade Article Appendix Bowl Rocky Apollo Fantasy Title Tier Division Mark Quest Olympiad Canto Psalm Figure Table Unit Lesson Episode Season Group Factor'.split(
    ' ',
  ),
);
/** Who bears a name of several before them. */
const REIGNED = new Set(
  'Henry Elizabeth Louis Charles George William Edward James Richard Paul John Benedict Pius Leo Gregory Innocent Clement Urban Alexander Napoleon Catherine Peter Philip Philippe Ramses Ramesses Frederick Friedrich Wilhelm Ivan Nicholas Mary Anne Robert David Alfonso Ferdinand Francis Franz Joseph Leopold Otto Rudolf Ludwig Maximilian Gustav Gustaf Carl Karl Christian Harald Haakon Olav Thutmose Amenhotep Cleopatra Ptolemy Xerxes Darius Cyrus Rama Sixtus Boniface Juan Felipe Isabella Albert Queen King Pope Sultan Mehmed Murad Selim Suleiman Constantine Theodosius Justinian Alfred Stephen Harold Kenneth Margaret Victor Umberto Emmanuel Beatrix Baldwin'.split(
    ' ',
  ),
);

/** `Chapter IV`, `Louis XIV`; in capitals behind another name: `Halo III`. */
export function roman(written: string, place: Place): string | undefined {
  const core = /^[IVXLC]+['’]s$/.test(written) ? written.slice(0, -2) : written;
  const said = numeral(core, place);
  return said === undefined || core === written ? said : `${said}'s`;
}

function numeral(core: string, { previous, after, next }: Place): string | undefined {
  if (core === '' || core.length > 8 || !ROMAN.test(core)) return undefined;
  const value = String(numberOf(core));
  const counted = COUNTED.has(previous[0] === undefined ? '' : previous[0].toUpperCase() + previous.slice(1));
  // "Charles I" may go on with what I do.
  const certain = core !== 'I' || after !== '' || next === '' || /^(?:of|was|is|and|the)$/.test(next) || counted;
  if (counted) return cardinal(value);
  if (REIGNED.has(previous) && certain) return `the ${ordinal(value)}`;
  return core.length > 1 && /^[XVI]+$/.test(core) && /^\p{Lu}\p{Ll}/u.test(previous) ? cardinal(value) : undefined;
}

const numberOf = (numeral: string): number =>
  Array.from(numeral, letter => VALUES.get(letter)!).reduce(
    (sum, value, i, all) => sum + (value < (all[i + 1] ?? 0) ? -value : value),
    0,
  );
