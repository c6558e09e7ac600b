/** From words, or characters, with times to phones with times. */
import type { Phone } from '../../../protocol/timeline.ts';
import type { TimedText } from '../ports.ts';

/** Typical lengths of sounds, relative to each other (after Klatt, "Linguistic uses of segmental duration", 1976). */
const LENGTH: Record<string, number> = {
  ...lengths(1.9, 'aw ay oy'),
  ...lengths(1.6, 'aa ae ao ey ow er'),
  ...lengths(1.4, 'iy uw'),
  ...lengths(1.1, 'ah eh ih uh axr'),
  ...lengths(0.7, 'ax'),
  ...lengths(1.25, 's sh ch jh z zh'),
  ...lengths(1.1, 'f th'),
  ...lengths(0.95, 'p k t'),
  ...lengths(0.8, 'm n ng l r w y hh v'),
  ...lengths(0.75, 'b d g dh'),
};
function lengths(length: number, phones: string): Record<string, number> {
  return Object.fromEntries(phones.split(' ').map(phone => [phone, length]));
}
const lengthOf = (phone: string) => LENGTH[phone] ?? 1;

/** A shorter gap between words is no pause: the word before it goes on. */
const PAUSE_MS = 40;

/** Characters with times to words with times. White space belongs to no word, nor does what takes no time. */
export function groupedWords(characters: readonly TimedText[]): TimedText[] {
  const words: TimedText[] = [];
  let open: TimedText | undefined;
  for (const { text, startSample, endSample } of characters) {
    if (text.trim() === '') open = undefined;
    else if (open === undefined) {
      open = { text, startSample, endSample };
      words.push(open);
    } else {
      open.text += text;
      open.endSample = Math.max(open.endSample, endSample);
    }
  }
  return words;
}

/** Each word's phones share its time by their typical lengths. Gives phones without gaps from 0 to `total`. */
export function spreadPhones(
  words: readonly { phones: readonly string[]; startSample: number; endSample: number }[],
  { sampleRate, total }: { sampleRate: number; total: number },
): Phone[] {
  const spoken = words
    .filter(({ phones }) => phones.length > 0)
    .flatMap(({ phones, startSample, endSample }) => {
      const all = phones.reduce((sum, phone) => sum + lengthOf(phone), 0);
      let said = 0;
      const at = () => Math.round(startSample + ((endSample - startSample) * said) / all);
      return phones.map(phone => {
        const from = at();
        said += lengthOf(phone);
        return { phone, startSample: from, endSample: at() };
      });
    });
  return withPauses(spoken, { sampleRate, total });
}

/**
 * Puts a `pau` wherever no phone is, lets a phone run on over what is too short for one, and takes out what has no
 * time. Gives phones without gaps from 0 to `total`.
 */
export function withPauses(
  phones: readonly Phone[],
  { sampleRate, total }: { sampleRate: number; total: number },
): Phone[] {
  const shortest = (PAUSE_MS * sampleRate) / 1000;
  const out: Phone[] = [];
  const end = () => out.at(-1)?.endSample ?? 0;
  const fill = (until: number) => {
    const last = out.at(-1);
    if (until <= end()) return;
    if (last !== undefined && (until - end() < shortest || last.phone === 'pau')) last.endSample = until;
    else out.push({ phone: 'pau', startSample: end(), endSample: until });
  };
  for (const phone of phones) {
    fill(Math.min(phone.startSample, total));
    const endSample = Math.min(phone.endSample, total);
    if (endSample > end()) out.push({ ...phone, startSample: end(), endSample });
  }
  fill(total);
  return out;
}
