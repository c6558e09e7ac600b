import { type Comparison, FIGURES, type Figures, type Pair, type Said } from './compare.ts';
import { type ComparedWord, compareWords } from './words.ts';

const HEADS = { endpointing: 'endpoint', asr: 'asr', firstToken: 'token', firstSound: 'sound', voiceToVoice: 'voice' };
const NUMBER_WIDTH = 10;
const LABEL_WIDTH = 10;
/** Of a reply so much is shown. */
const REPLY_WORDS = 10;

/** The comparison for a terminal; words that the other does not have are in [brackets]. */
export function tableText({ turns, recorded, replayed, wordErrorRate }: Comparison): string {
  const head = `${' '.repeat(LABEL_WIDTH)}${FIGURES.map(figure => HEADS[figure].padStart(NUMBER_WIDTH)).join('')}`;
  const quantiles = (['median', 'p95'] as const).flatMap(name => [
    row(`${name}`, {}),
    row('  recorded', recorded[name]),
    row('  replayed', replayed[name]),
  ]);
  const words =
    wordErrorRate === undefined
      ? 'Nobody spoke.'
      : `Words understood otherwise than when it was recorded: ${(wordErrorRate * 100).toFixed(1)} %`;
  return [...turns.flatMap(turnLines), `ms${head.slice(2)}`, ...quantiles, '', words].join('\n');
}

function turnLines({ recorded, replayed }: Pair): string[] {
  const { name } = (recorded ?? replayed)!;
  const heard = compareWords(recorded?.heard ?? '', replayed?.heard ?? '');
  const reply = compareWords(recorded?.reply ?? '', replayed?.reply ?? '');
  return [
    name === '' ? '(greeting)' : `${name}:`,
    ...side('recorded', recorded, heard.before, reply.before),
    ...side('replayed', replayed, heard.after, reply.after),
    '',
  ];
}

function side(label: string, said: Said | undefined, heard: ComparedWord[], reply: ComparedWord[]): string[] {
  if (said === undefined) return [`  ${label}  (nothing)`];
  const { outcome, figures } = said;
  const answer = reply.length === 0 ? `(${outcome ?? 'answered with what follows'})` : marked(reply, REPLY_WORDS);
  return [`  ${label}  ${[marked(heard), answer].filter(Boolean).join('  →  ')}`, row('', figures)];
}

function marked(words: ComparedWord[], most = Number.POSITIVE_INFINITY): string {
  const text = words.slice(0, most).map(({ word, same }) => (same ? word : `[${word}]`));
  return `${text.join(' ')}${words.length > most ? ' …' : ''}`;
}

const row = (label: string, figures: Figures): string =>
  `${label.padEnd(LABEL_WIDTH)}${FIGURES.map(figure => (figures[figure]?.toFixed(0) ?? '').padStart(NUMBER_WIDTH)).join('')}`.trimEnd();
