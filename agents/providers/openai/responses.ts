import type OpenAI from 'openai';
import type { ChatDelta } from './chunks.ts';
import { failedMidway } from './errors.ts';
import type { Wire } from './wire.ts';

type Input = OpenAI.Responses.ResponseInputItem;
type Message = OpenAI.ChatCompletionMessageParam;
type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectsIn = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const NOTHING: ChatDelta = { text: '', calls: [], thinking: false };

/** `/v1/responses`, as OpenAI's newest models are best asked. Nothing of it is kept there. */
export const responsesWire: Wire = {
  ask: (client, { model, parts, messages, exchanged, tools }, signal) => {
    const { max_completion_tokens, max_tokens, reasoning_effort: effort, temperature, include } = parts;
    const system = messages.filter(({ role }) => role === 'system');
    return client.responses.create(
      {
        model,
        instructions: system.map(({ content }) => content).join('\n\n'),
        input: [...messages.filter(({ role }) => role !== 'system').map(inputOf), ...(exchanged as Input[])],
        stream: true,
        store: false,
        max_output_tokens: max_completion_tokens ?? max_tokens ?? null,
        ...(effort !== undefined && { reasoning: { effort } }),
        ...(temperature !== undefined && { temperature }),
        ...(tools !== undefined && {
          tools: tools.declared.map(({ name, description, parameters }) => ({
            type: 'function' as const,
            name,
            description,
            parameters,
            strict: false,
          })),
          ...(tools.spent && { tool_choice: 'none' as const }),
          ...(include !== undefined && { include }),
        }),
      },
      { signal },
    );
  },
  read: readEvent,
  // What it thought goes back with what it asked for: else it thinks again.
  exchange: (text, calls, answers, kept) => [
    ...kept,
    ...(text === '' ? [] : [{ role: 'assistant', content: text }]),
    ...calls.map(({ id, name, arguments: given }) => ({
      type: 'function_call',
      call_id: id,
      name,
      arguments: given || '{}',
    })),
    ...calls.map(({ id }, i) => ({ type: 'function_call_output', call_id: id, output: answers[i]! })),
  ],
};

/** A message of a chat as this wire has it. */
function inputOf({ role, content }: Message): Input {
  if (role === 'assistant') return { role, content: textOf(content) };
  if (!Array.isArray(content)) return { role: 'user', content: textOf(content) };
  return {
    role: 'user',
    content: content.flatMap((part): OpenAI.Responses.ResponseInputContent[] => {
      if (part.type === 'text') return [{ type: 'input_text', text: part.text }];
      if (part.type !== 'image_url') return [];
      return [{ type: 'input_image', image_url: part.image_url.url, detail: part.image_url.detail ?? 'auto' }];
    }),
  };
}

/** Reads one event, without trust; what is in no known shape says nothing. */
function readEvent(event: unknown): ChatDelta {
  if (!isObject(event)) return NOTHING;
  // Who does not stream sends all of it.
  if (event.object === 'response') return readWhole(event);
  const { type, delta, output_index } = event;
  const index = typeof output_index === 'number' ? output_index : 0;
  const item = isObject(event.item) ? event.item : {};
  switch (type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return { ...NOTHING, text: textOf(delta) };
    case 'response.function_call_arguments.delta':
      return { ...NOTHING, calls: [{ index, arguments: textOf(delta), whole: false }] };
    case 'response.output_item.added':
      return item.type === 'function_call'
        ? { ...NOTHING, calls: [{ ...callOf(item), index, whole: false }] }
        : { ...NOTHING, thinking: true };
    case 'response.output_item.done':
      if (item.type === 'reasoning') return { ...NOTHING, thinking: true, kept: item };
      if (item.type !== 'function_call') return NOTHING;
      return { ...NOTHING, calls: [{ ...callOf(item), index, arguments: textOf(item.arguments), whole: true }] };
    case 'response.completed':
    case 'response.incomplete':
      return { ...NOTHING, ...usageOf(event.response) };
    case 'response.failed':
      throw failure(isObject(event.response) ? event.response.error : undefined);
    case 'error':
      throw failure(event);
    default:
      // That it was begun, or thinks: signs of life.
      return { ...NOTHING, thinking: /^response\.(?:created|in_progress|queued|reasoning)/.test(textOf(type)) };
  }
}

/** Its words may repeat what was said. */
const failure = (problem: unknown) => {
  const { code, message } = isObject(problem) ? problem : {};
  return failedMidway(textOf(code), textOf(message));
};

const callOf = ({ call_id, name }: Fields) => ({ id: textOf(call_id), name: textOf(name) });

function usageOf(response: unknown): { usage?: object } {
  const usage = isObject(response) ? response.usage : undefined;
  if (!isObject(usage)) return {};
  return { usage: { prompt_tokens: usage.input_tokens, completion_tokens: usage.output_tokens } };
}

function readWhole(response: Fields): ChatDelta {
  if (isObject(response.error)) throw failure(response.error);
  const output = objectsIn(response.output);
  return {
    text: output.flatMap(({ content }) => objectsIn(content).map(each => textOf(each.text ?? each.refusal))).join(''),
    calls: output
      .filter(({ type }) => type === 'function_call')
      .map((item, index) => ({ ...callOf(item), index, arguments: textOf(item.arguments), whole: true })),
    thinking: false,
    ...usageOf(response),
  };
}
