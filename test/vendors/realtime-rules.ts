import type { RealtimeClientEvent, RealtimeSessionCreateRequest } from 'openai/resources/realtime/realtime';

/** Which of the vendors' ways it speaks. */
export type Dialect = 'ga' | 'beta' | 'dashscope';

type Keys<T> = T extends unknown ? keyof T : never;

/** What a client may send, by the vendor's own types: a field that they do not know does not compile here. */
const FIELDS: { [K in RealtimeClientEvent['type']]?: Keys<Extract<RealtimeClientEvent, { type: K }>>[] } = {
  'session.update': ['type', 'event_id', 'session'],
  'input_audio_buffer.append': ['type', 'event_id', 'audio'],
  'input_audio_buffer.commit': ['type', 'event_id'],
  'input_audio_buffer.clear': ['type', 'event_id'],
  'conversation.item.create': ['type', 'event_id', 'item', 'previous_item_id'],
  'conversation.item.delete': ['type', 'event_id', 'item_id'],
  'conversation.item.truncate': ['type', 'event_id', 'item_id', 'content_index', 'audio_end_ms'],
  'response.create': ['type', 'event_id', 'response'],
  'response.cancel': ['type', 'event_id', 'response_id'],
};
const SESSION: (keyof RealtimeSessionCreateRequest)[] = [
  'type',
  'audio',
  'include',
  'instructions',
  'max_output_tokens',
  'model',
  'output_modalities',
  'parallel_tool_calls',
  'prompt',
  'reasoning',
  'tool_choice',
  'tools',
  'tracing',
  'truncation',
];
const BETA_SESSION = [
  'modalities',
  'voice',
  'instructions',
  'input_audio_format',
  'output_audio_format',
  'input_audio_transcription',
  'turn_detection',
  'tools',
  'tool_choice',
  'temperature',
  'max_response_output_tokens',
];
/** As DashScope's own client sends them. */
const DASHSCOPE_FIELDS: Record<string, string[]> = {
  'session.update': ['type', 'event_id', 'session'],
  'input_audio_buffer.append': ['type', 'event_id', 'audio'],
  'input_audio_buffer.commit': ['type', 'event_id'],
  'input_audio_buffer.clear': ['type', 'event_id'],
  'input_image_buffer.append': ['type', 'event_id', 'image'],
  'conversation.item.create': ['type', 'event_id', 'item'],
  'response.create': ['type', 'event_id', 'response'],
  'response.cancel': ['type', 'event_id'],
  'session.finish': ['type', 'event_id'],
};
const DASHSCOPE_SESSION = [
  'modalities',
  'voice',
  'instructions',
  'input_audio_format',
  'output_audio_format',
  'audio',
  'input_audio_transcription',
  'turn_detection',
  'tools',
  'temperature',
];
const ASKED = [
  'conversation',
  'input',
  'instructions',
  'output_modalities',
  'modalities',
  'audio',
  'tools',
  'metadata',
];
const ROLES: Record<string, string[]> = {
  user: ['input_text', 'input_audio', 'input_image'],
  system: ['input_text'],
  assistant: ['output_text'],
};

const unknownIn = (value: unknown, known: readonly string[]) =>
  Object.keys((value ?? {}) as object).find(key => !known.includes(key));

/** Why the vendor would refuse an event; undefined: it would not. */
export function problemOf(event: Record<string, unknown>, dialect: Dialect): string | undefined {
  const fields: readonly string[] | undefined =
    dialect === 'dashscope' ? DASHSCOPE_FIELDS[String(event.type)] : FIELDS[event.type as RealtimeClientEvent['type']];
  if (fields === undefined) return `unknown event ${String(event.type)}`;
  const more = unknownIn(event, fields);
  if (more !== undefined) return `unknown parameter ${more}`;
  if (event.type === 'session.update') return sessionProblem(event.session as Record<string, unknown>, dialect);
  if (event.type === 'conversation.item.create') return itemProblem(event.item as Record<string, unknown>, dialect);
  if (event.type === 'response.create') {
    const unknown = unknownIn(event.response, dialect === 'dashscope' ? ['instructions', 'modalities'] : ASKED);
    return unknown && `unknown parameter response.${unknown}`;
  }
  if (event.type === 'conversation.item.truncate' && !Number.isInteger(event.audio_end_ms))
    return 'audio_end_ms is no integer';
  return undefined;
}

function sessionProblem(session: Record<string, unknown>, dialect: Dialect): string | undefined {
  const unknown = unknownIn(session, { ga: SESSION, beta: BETA_SESSION, dashscope: DASHSCOPE_SESSION }[dialect]);
  if (unknown !== undefined) return `unknown parameter session.${unknown}`;
  if (dialect === 'ga' && session.type !== 'realtime') return 'session.type is missing';
  const modalities = (session.output_modalities ?? []) as string[];
  if (modalities.length > 1) return 'one output modality only';
  return undefined;
}

function itemProblem(item: Record<string, unknown>, dialect: Dialect): string | undefined {
  if (item.type === 'function_call_output')
    return typeof item.call_id === 'string' && typeof item.output === 'string'
      ? undefined
      : 'call_id or output is missing';
  if (item.type !== 'message') return `unknown item ${String(item.type)}`;
  const role = String(item.role);
  const allowed = dialect !== 'ga' && role === 'assistant' ? ['text'] : ROLES[role];
  if (allowed === undefined) return `unknown role ${role}`;
  for (const { type } of (item.content ?? []) as { type: string }[])
    if (!allowed.includes(type)) return `${role} may not say ${type}`;
  return undefined;
}
