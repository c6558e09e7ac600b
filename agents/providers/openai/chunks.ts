/** What a chat endpoint streams, read without trust: many are compatible in their own way. */

/** A piece of a call to a tool. */
export interface CallDelta {
  index?: number;
  id?: string;
  name?: string;
  arguments?: string;
  /** The arguments are all there. */
  whole: boolean;
}

/** What one event says. */
export interface ChatDelta {
  text: string;
  calls: CallDelta[];
  /** It is thinking: nothing to say yet, but at work. */
  thinking: boolean;
  /** What all of it took, as it was told. */
  usage?: object;
  /** What goes back to the endpoint as it is, with the answers of the tools. */
  kept?: object;
}

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value == null ? [] : [value]);

/** Fields in which endpoints stream what a model thinks. */
const THOUGHTS = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_details'];

/** Reads one event of a stream; what is in no known shape says nothing. */
export function readChunk(chunk: unknown): ChatDelta {
  const { choices, usage } = isObject(chunk) ? chunk : {};
  const choice = listOf(choices).find(isObject) ?? {};
  // Who does not stream sends the message.
  const delta = [choice.delta, choice.message].find(isObject) ?? {};
  const content = textOf(delta.content);
  return {
    text: content.text + textOf(delta.refusal).text + (typeof choice.text === 'string' ? choice.text : ''),
    calls: [
      ...listOf(delta.tool_calls).flatMap(callOf),
      ...listOf(delta.function_call).flatMap(each => callOf({ function: each })),
    ],
    thinking: content.thinking || THOUGHTS.some(field => listOf(delta[field]).some(each => each !== '')),
    ...(isObject(usage) && { usage }),
  };
}

/** Text, alone or as a list of parts, some of which may be thoughts. */
function textOf(content: unknown): { text: string; thinking: boolean } {
  let [text, thinking] = ['', false];
  for (const part of listOf(content)) {
    if (typeof part === 'string') text += part;
    else if (isObject(part) && typeof part.text === 'string' && !/thinking|reasoning/.test(String(part.type)))
      text += part.text;
    else if (isObject(part)) thinking = true;
  }
  return { text, thinking };
}

function callOf(told: unknown): CallDelta[] {
  if (!isObject(told)) return [];
  const { index, id } = told;
  const { name, arguments: given } = isObject(told.function) ? told.function : told;
  const whole = isObject(given);
  const text = whole ? JSON.stringify(given) : typeof given === 'string' ? given : undefined;
  return [
    {
      ...(typeof index === 'number' && { index }),
      ...(typeof id === 'string' && { id }),
      ...(typeof name === 'string' && { name }),
      ...(text !== undefined && { arguments: text }),
      whole,
    },
  ];
}
