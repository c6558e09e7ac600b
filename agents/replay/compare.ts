import type { TurnTrace } from '../../protocol/trace.ts';
import type { Outcome } from './replay.ts';
import { compareWords } from './words.ts';

/** What is compared of a turn, ms. */
export const FIGURES = ['endpointing', 'asr', 'firstToken', 'firstSound', 'voiceToVoice'] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Partial<Record<Figure, number>>;

/** Words of one person, or a greeting, and what became of them. */
export interface Said {
  atMs: number;
  /** Empty: nobody's, a greeting. */
  speaker: string;
  name: string;
  heard: string;
  /** As far as it was heard. */
  reply: string;
  /** Absent: not answered by itself. */
  outcome?: TurnTrace['outcome'];
  figures: Figures;
}

/** The same words then and now; one of them may be missing. */
export interface Pair {
  recorded?: Said;
  replayed?: Said;
}

export interface Summary {
  median: Figures;
  p95: Figures;
}

/** Two outcomes of the same inputs, side by side. */
export interface Comparison {
  turns: Pair[];
  recorded: Summary;
  replayed: Summary;
  /** Of what was understood, in relation to what was understood when it was recorded; absent: nobody spoke. */
  wordErrorRate?: number;
}

/** The same sound begins an utterance at the same time, give or take what comes before it. */
const SAME_WITHIN_MS = 3000;

/** Sets one outcome against the other, turn by turn. */
export function compare(recorded: Outcome, replayed: Outcome): Comparison {
  const [before, after] = [saidIn(recorded), saidIn(replayed)];
  const left = new Set(after);
  const turns: Pair[] = before.map(each => {
    const near = [...left]
      .filter(other => other.speaker === each.speaker && distance(each, other) <= SAME_WITHIN_MS)
      .sort((a, b) => distance(each, a) - distance(each, b))[0];
    if (near === undefined) return { recorded: each };
    left.delete(near);
    return { recorded: each, replayed: near };
  });
  for (const other of left) turns.push({ replayed: other });
  turns.sort((a, b) => beganMs(a) - beganMs(b));
  const rate = wordErrorRate(turns);
  return {
    turns,
    recorded: summary(before),
    replayed: summary(after),
    ...(rate !== undefined && { wordErrorRate: rate }),
  };
}

const distance = (a: Said, b: Said) => Math.abs(a.atMs - b.atMs);
const beganMs = ({ recorded, replayed }: Pair) => (recorded ?? replayed)!.atMs;

function saidIn({ entries, traces }: Outcome): Said[] {
  const of = (turnId: string) => {
    const trace = traces.find(each => each.turnId === turnId);
    const reply = entries.find(each => each.role === 'avatar' && each.turnId === turnId)?.text ?? '';
    return { reply, figures: figuresOf(trace), ...(trace !== undefined && { outcome: trace.outcome }) };
  };
  const people = entries
    .filter(({ role }) => role === 'user')
    .map(({ id, atMs, speaker, speakerName, text }) => ({ atMs, speaker, name: speakerName, heard: text, ...of(id) }));
  const greetings = traces
    .filter(({ source }) => source === 'greeting')
    .map(({ turnId, atMs }) => ({ atMs, speaker: '', name: '', heard: '', ...of(turnId) }));
  return [...people, ...greetings].sort((a, b) => a.atMs - b.atMs);
}

function figuresOf(trace: TurnTrace | undefined): Figures {
  if (trace === undefined) return {};
  const span = (name: string) => trace.spans.find(each => each.name === name);
  const figures = {
    endpointing: span('endpointing')?.durationMs,
    asr: span('asr')?.durationMs,
    firstToken: span('first-token')?.durationMs,
    firstSound: span('tts')?.firstSoundMs,
    // How long an answer took that nobody heard, or that answers nobody, says nothing.
    voiceToVoice: trace.sounded && trace.source === 'voice' ? trace.voiceToVoiceMs : undefined,
  };
  return Object.fromEntries(Object.entries(figures).filter(([, ms]) => ms !== undefined));
}

function summary(said: readonly Said[]): Summary {
  const quantile = (share: number) =>
    Object.fromEntries(
      FIGURES.flatMap(figure => {
        const values = said.flatMap(({ figures }) => figures[figure] ?? []).sort((a, b) => a - b);
        const value = values[Math.ceil(values.length * share) - 1];
        return value === undefined ? [] : [[figure, value]];
      }),
    );
  return { median: quantile(0.5), p95: quantile(0.95) };
}

function wordErrorRate(turns: readonly Pair[]): number | undefined {
  const compared = turns.map(({ recorded, replayed }) => compareWords(recorded?.heard ?? '', replayed?.heard ?? ''));
  const words = compared.reduce((sum, { before }) => sum + before.length, 0);
  return words === 0 ? undefined : compared.reduce((sum, { errors }) => sum + errors, 0) / words;
}
