import type { LogEntry } from '../../protocol/conversation.ts';
import { clockOf, fullDateOf } from '../words/format.ts';
import { t } from '../words/words.ts';

/** What was said, as text: a line for each entry, as somebody would write it down. */
export function transcriptOf(log: readonly LogEntry[], room: string): string {
  const said = log.filter(({ final }) => final);
  const head = said.length === 0 ? room : `${room}, ${fullDateOf(said[0]!.atMs)}`;
  const lines = said.map(
    ({ atMs, speakerName, text, audience, interrupted }) =>
      `${clockOf(atMs)}  ${speakerName}${audience === 'people' ? ` (${t('audience.mark')})` : ''}: ${text}${interrupted ? ` (${t('log.interrupted')})` : ''}`,
  );
  return `${[head, '', ...lines].join('\n')}\n`;
}

/** Lets the browser save it. */
export function saveTranscript(log: readonly LogEntry[], room: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([transcriptOf(log, room)], { type: 'text/plain;charset=utf-8' }));
  link.download = `${room}.txt`;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
