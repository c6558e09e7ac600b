import type { LogEntry } from '../../protocol/conversation.ts';

/** What was said, as text: a line for each entry, as somebody would write it down. */
export function transcriptOf(log: readonly LogEntry[], room: string): string {
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
  const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
  const said = log.filter(({ final }) => final);
  const head = said.length === 0 ? room : `${room}, ${day.format(said[0]!.atMs)}`;
  const lines = said.map(
    ({ atMs, speakerName, text, audience, interrupted }) =>
      `${time.format(atMs)}  ${speakerName}${audience === 'people' ? ' (people only)' : ''}: ${text}${interrupted ? ' (interrupted)' : ''}`,
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
