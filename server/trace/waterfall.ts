import type { TurnTrace } from '../../protocol/trace.ts';
import { type Waterfall, type WaterfallRow, waterfallOf } from '../../protocol/waterfall.ts';

const NAME_WIDTH = 17;
const NUMBER_WIDTH = 8;
const LEAST_WIDTH = 20;

/** A turn as lines of text: each step's start and duration, and where it lies on the time axis. @param columns of the terminal */
export function waterfallText(trace: TurnTrace, columns: number): string {
  const width = Math.max(LEAST_WIDTH, columns - NAME_WIDTH - 2 * NUMBER_WIDTH - 4);
  const waterfall = waterfallOf(trace);
  return [headline(trace), ...waterfall.rows.map(row => line(row, waterfall, width))].join('\n');
}

function headline(trace: TurnTrace): string {
  const { atMs, source, outcome, sounded, voiceToVoiceMs, cached, resumed, turnId } = trace;
  const notes = [
    source,
    outcome,
    ...(cached ? ['cached'] : []),
    ...(resumed ? ['resumed'] : []),
    ...(sounded ? [`voice to voice ${voiceToVoiceMs.toFixed(0)} ms`] : ['not heard']),
  ];
  return `${new Date(atMs).toISOString()}  ${notes.join(', ')}  ${turnId}`;
}

function line({ name, sentence, startMs, durationMs, from, to }: WaterfallRow, axis: Waterfall, width: number): string {
  const at = (place: number) => Math.min(width - 1, Math.floor(place * width));
  const cells = Array.from({ length: width }, () => ' ');
  cells[at(axis.speechEnd)] = '│';
  cells[at(axis.firstSound)] = '│';
  for (let i = at(from); i <= Math.max(at(from), Math.ceil(to * width) - 1); i++) cells[i] = '█';
  const label = sentence === undefined ? name : `${name} ${sentence}`;
  const number = (ms: number) => ms.toFixed(0).padStart(NUMBER_WIDTH);
  return `  ${label.padEnd(NAME_WIDTH)}${number(startMs)}${number(durationMs)}  ${cells.join('').trimEnd()}`;
}
