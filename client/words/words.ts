/** What the page says, in the language of who reads it; English is at hand at once, others are loaded when wanted. */
import en from './en.json' with { type: 'json' };

export type Key = keyof typeof en;
/** A message; where it counts something, one for each plural form that the language has (CLDR). */
export type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
type Messages = Partial<Record<Key, Message>>;
export type Values = Record<string, string | number>;

/** The languages of the page by their own names. */
export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  it: 'Italiano',
  nl: 'Nederlands',
  ar: 'العربية',
  ja: '日本語',
  zh: '简体中文',
} as const;
export type Language = keyof typeof LANGUAGES;

/** Each in a file of its own. */
const load = import.meta.glob<Messages>(['./*.json', '!./en.json'], { import: 'default' });

let spoken: { language: Language; locale: string; messages: Messages } = { language: 'en', locale: 'en', messages: en };
/** The latest that was wanted; it may still be loading. */
let asked: Language = 'en';
const listeners = new Set<() => void>();

/** The language of the page now. */
export const language = (): Language => spoken.language;
/** It with the region of who reads it, for `Intl`. */
export const locale = (): string => spoken.locale;
const isRightToLeft = (): boolean => spoken.language === 'ar';

/** Calls back when another language is spoken; returns what ends that. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const baseOf = (tag: string): string => tag.toLowerCase().split('-')[0]!;
const known = (tag: string | null | undefined): Language | undefined =>
  Object.keys(LANGUAGES).find(each => each === baseOf(tag ?? '')) as Language | undefined;

/** Which language somebody wants: asked for in the address, chosen before, or the first of their browser's that there is. */
export const wantedLanguage = (
  asked: string | null,
  chosen: string | undefined,
  accepted: readonly string[],
): Language => known(asked) ?? known(chosen) ?? accepted.map(known).find(each => each !== undefined) ?? 'en';

/** Speaks another language from now on; one that cannot be loaded leaves the page as it is. */
export async function speak(next: Language, accepted: readonly string[] = []): Promise<void> {
  asked = next;
  const messages = next === 'en' ? en : await load[`./${next}.json`]!().catch(() => undefined);
  // Somebody may have chosen again meanwhile.
  if (messages === undefined || asked !== next) return;
  spoken = { language: next, locale: accepted.find(tag => known(tag) === next) ?? next, messages };
  if (typeof document !== 'undefined') {
    document.documentElement.lang = next;
    document.documentElement.dir = isRightToLeft() ? 'rtl' : 'ltr';
  }
  for (const listener of listeners) listener();
}

/** Making one takes a while, and a page asks for many. */
const made = new Map<string, Intl.PluralRules>();
const pluralRules = (): Intl.PluralRules => {
  const rules = made.get(spoken.locale) ?? new Intl.PluralRules(spoken.locale);
  made.set(spoken.locale, rules);
  return rules;
};

/** The message as it stands, its plural form chosen by `count`. */
export function messageOf(key: Key, count: string | number | undefined): string {
  const message: Message = spoken.messages[key] ?? en[key];
  if (typeof message === 'string') return message;
  return message[pluralRules().select(Number(count))] ?? message.other ?? '';
}

/** A name that reads the other way does not turn what stands beside it. */
const isolated = (text: string): string =>
  isRightToLeft() || /[\u0590-\u08ff]/.test(text) ? `\u2068${text}\u2069` : text;

/** A message in the language of the page: `t('lobby.meet', { name })`; `count` chooses the plural form. */
export const t = (key: Key, values: Values = {}): string =>
  messageOf(key, values.count).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? new Intl.NumberFormat(spoken.locale).format(value) : isolated(value);
  });
