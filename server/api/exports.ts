import type { Conversation, ExportFormat, Message } from '../../protocol/conversations.ts';

/** A typed line is shown as long as it takes to read. */
const READING_MS_PER_CHARACTER = 60;
const SHORTEST_CUE_MS = 500;
const LONGEST_READING_MS = 8000;

/** A conversation as a file. */
export function exported(
  conversation: Conversation,
  format: ExportFormat,
): { body: string; type: string; extension: string } {
  switch (format) {
    case 'json':
      return { body: `${JSON.stringify(conversation, null, 2)}\n`, type: 'application/json', extension: 'json' };
    case 'markdown':
      return { body: markdown(conversation), type: 'text/markdown; charset=utf-8', extension: 'md' };
    case 'webvtt':
      return { body: webvtt(conversation), type: 'text/vtt; charset=utf-8', extension: 'vtt' };
  }
}

function markdown({ id, room, startedAt, endedAt, participants, personas, messages }: Conversation): string {
  const names = [...participants, ...personas].map(({ name }) => plain(name));
  const head = [
    `# Conversation in ${plain(room)}`,
    '',
    `- Began: ${startedAt}`,
    `- Ended: ${endedAt ?? 'it goes on'}`,
    `- With: ${names.join(', ')}`,
    `- Id: ${id}`,
  ];
  const said = messages.flatMap(({ speakerName, spokenAt, text, audience, interrupted, feeling }) => [
    '',
    `**${plain(speakerName)}** (${spokenAt.slice(11, 19)}${feeling === null ? '' : `, ${feeling.label}`}${audience === null ? '' : ', to people only'})  `,
    `${plain(text)}${interrupted ? ' — *interrupted*' : ''}`,
  ]);
  return `${[...head, ...said].join('\n')}\n`;
}

/** As it stands, whatever Markdown makes of its characters. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>#|~&!]/g, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/^[-+=]/, '\\$&');

/** Times are counted from the conversation's beginning. */
function webvtt({ id, startedAt, messages }: Conversation): string {
  const zeroMs = Date.parse(startedAt);
  const cues = messages
    .map(message => ({ message, ...cueTimes(message, zeroMs) }))
    // Cues come in the order in which they begin.
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(
      ({ message, fromMs, toMs }, i) =>
        `${i + 1}\n${timestamp(fromMs)} --> ${timestamp(toMs)}\n<v${classesOf(message)} ${cueText(message.speakerName)}>${cueText(message.text)}</v>\n`,
    );
  return [`WEBVTT\n\nNOTE conversation ${id}, began ${startedAt}\n`, ...cues].join('\n');
}

const classesOf = ({ interrupted, audience }: Message): string =>
  `${interrupted ? '.interrupted' : ''}${audience === null ? '' : '.people-only'}`;

function cueTimes({ spokenAt, spokenUntil, source, text }: Message, zeroMs: number): { fromMs: number; toMs: number } {
  const fromMs = Math.max(0, Date.parse(spokenAt) - zeroMs);
  const lasts =
    source === 'text'
      ? Math.min(LONGEST_READING_MS, text.length * READING_MS_PER_CHARACTER)
      : Date.parse(spokenUntil) - Date.parse(spokenAt);
  return { fromMs, toMs: fromMs + Math.max(SHORTEST_CUE_MS, lasts) };
}

function timestamp(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
}

/** One line, and nothing in it that means anything to a player. */
const cueText = (text: string): string =>
  text.replace(/\s+/g, ' ').trim().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
