import type OpenAI from 'openai';
import type { TurnTools } from '../../think/toolbox.ts';
import type { CallDelta } from './chunks.ts';

/** More at once are not listened to [C2]. */
const MOST_CALLS = 16;
/** Nobody means longer arguments, characters; they are no JSON then. */
const MOST_ARGUMENTS = 32_768;

/** Of a name, and of an id; characters. */
const LONGEST_NAME = 128;

/** A call with the name that its answer is sent under. */
export interface AskedCall {
  id: string;
  name: string;
  arguments: string;
}

/** Puts the calls of a streamed message together. */
export class CallGatherer {
  readonly #calls: (AskedCall & { index: number | undefined })[] = [];

  /** The calls so far that have a name. */
  get calls(): AskedCall[] {
    return this.#calls.flatMap(({ id, name, arguments: text }, i) =>
      name === '' ? [] : [{ id: id || `call_${i}`, name, arguments: text }],
    );
  }

  add({ index, id, name, arguments: more, whole }: CallDelta): void {
    const call = this.#find({ index, id: id?.slice(0, LONGEST_NAME), name });
    if (call === undefined) return;
    // Most send a name once and arguments in pieces; some repeat the name, some all that there is.
    if (name !== undefined && call.name === '') call.name = name.slice(0, LONGEST_NAME);
    if (whole) call.arguments = '';
    if (more !== undefined) call.arguments += more.slice(0, MOST_ARGUMENTS - call.arguments.length);
  }

  /** Not every endpoint numbers calls, and some number all of them 0: an id of its own tells one as well. */
  #find({ index, id, name }: Pick<CallDelta, 'index' | 'id' | 'name'>) {
    const last = this.#calls.at(-1);
    // Neither number nor id: another name, or one more when all was there, is another call.
    const isNext =
      index === undefined &&
      !id &&
      name !== undefined &&
      !!last?.name &&
      (last.name !== name || isJson(last.arguments));
    const known = isNext
      ? undefined
      : (this.#calls.findLast(call => (id ? call.id === id : index === undefined || call.index === index)) ??
        // The id came later than the beginning.
        this.#calls.findLast(call => call.id === '' && call.index === index));
    if (known !== undefined) {
      known.id ||= id ?? '';
      return known;
    }
    if (this.#calls.length === MOST_CALLS) return undefined;
    const call = { index, id: id ?? '', name: '', arguments: '' };
    this.#calls.push(call);
    return call;
  }
}

/** What an endpoint is told of the tools; once none may be called any more, that. */
export const toolSettings = (
  tools: TurnTools | undefined,
): Pick<OpenAI.ChatCompletionCreateParams, 'tools' | 'tool_choice'> =>
  tools === undefined
    ? {}
    : {
        tools: tools.declared.map(declared => ({ type: 'function', function: declared })),
        ...(tools.spent && { tool_choice: 'none' as const }),
      };

/** What was said, asked of the tools, and answered by them, for the next request. */
export function exchangeOf(
  text: string,
  calls: readonly AskedCall[],
  answers: readonly string[],
): OpenAI.ChatCompletionMessageParam[] {
  return [
    {
      role: 'assistant',
      content: text === '' ? null : text,
      tool_calls: calls.map(({ id, name, arguments: args }) => ({
        id,
        type: 'function',
        // Endpoints read this again, and some stumble.
        function: { name, arguments: isJson(args) ? args : '{}' },
      })),
    },
    ...calls.map(({ id }, i) => ({ role: 'tool' as const, tool_call_id: id, content: answers[i]! })),
  ];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
