import type { Recognizer } from './ports.ts';

/** A recognizer that is told which language is spoken; those that find out themselves take no notice. */
export const inLanguage = (inner: Recognizer, language: string | undefined): Recognizer =>
  language === undefined
    ? inner
    : {
        capabilities: inner.capabilities,
        open: (speaker, on) => inner.open(speaker, { language: language.slice(0, 2).toLowerCase(), ...on }),
      };
