import { setImmediate } from 'node:timers/promises';
import { HAND_OVER } from '../think/tools/declaration.ts';
import { type Check, compileSchema, type JsonSchema } from '../think/tools/json-schema.ts';
import type { McpDeclaration } from '../think/tools/mcp-declaration.ts';
import { ToolFailure, unusable } from './exchange.ts';
import { agreed } from './http-tool.ts';
import type { CallResult, ListedTool } from './mcp-client.ts';
import { type Tool, writtenAs } from './tool.ts';

/** Of one server; more are not told to a model. */
export const MOST_TOOLS = 32;
/** As endpoints take it. */
const LONGEST_NAME = 64;
const LONGEST_DESCRIPTION = 1024;
/** Of a schema, as JSON, characters. */
const LONGEST_SCHEMA = 8192;

export interface ListedToolDeps {
  declaration: Pick<McpDeclaration, 'name' | 'tools' | 'readOnly' | 'timeoutMs'>;
  maxResultBytes: number;
  /** Calls it by the name that its server knows. Throws ToolFailure, or the signal's reason. */
  call(name: string, args: Record<string, unknown>, signal: AbortSignal | undefined): Promise<CallResult>;
  redacted(text: string): string;
  /** A tool cannot be used; `problem` holds nothing that a server wrote. */
  leftOut(problem: string, count: number): void;
}

/**
 * Makes the tools of a server ready that the persona may call. Names and descriptions are shortened to what endpoints
 * take; what cannot be used is left out.
 */
export async function listedTools(listed: readonly ListedTool[], deps: ListedToolDeps): Promise<Tool[]> {
  const { declaration, leftOut } = deps;
  const allowed = listed.filter(({ name }) => declaration.tools?.includes(name) !== false);
  const tools = new Map<string, Tool>();
  let useless = 0;
  for (const each of allowed.slice(0, MOST_TOOLS)) {
    // Others are not kept waiting for all of them.
    await setImmediate();
    const tool = listedTool(each, deps);
    if (tool === undefined || tools.has(tool.name)) useless++;
    else tools.set(tool.name, tool);
  }
  const missing = declaration.tools?.filter(name => !listed.some(each => each.name === name)).length ?? 0;
  if (allowed.length > MOST_TOOLS) leftOut(`more than ${MOST_TOOLS} tools`, allowed.length - MOST_TOOLS);
  if (useless > 0) leftOut('names or schemas that cannot be used', useless);
  if (missing > 0) leftOut('the server has not all that the persona names', missing);
  return [...tools.values()];
}

function listedTool(listed: ListedTool, deps: ListedToolDeps): Tool | undefined {
  const { declaration, maxResultBytes, redacted } = deps;
  const name = `${declaration.name}_${listed.name.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
  const parameters = plain(listed.inputSchema);
  const { checks } = compiled(parameters, listed.outputSchema);
  if (name === HAND_OVER || name.length > LONGEST_NAME || checks === undefined) return undefined;
  return {
    name,
    description: line(listed.description ?? listed.title ?? listed.name, LONGEST_DESCRIPTION),
    parameters,
    // What a server says of itself is believed where it makes us more careful, and nowhere else.
    sideEffects: !declaration.readOnly.includes(listed.name) || listed.annotations?.readOnlyHint === false,
    redacted,
    check: (args, time) => time.check(checks.arguments, args),
    ready:
      args =>
      async ({ signal, time }) => {
        const result = await deps.call(listed.name, args, signal);
        const answer = answerOf(result, maxResultBytes, redacted);
        if (result.structuredContent !== undefined) await agreed(checks.result, result.structuredContent, time);
        return answer;
      },
  };
}

/** What names drafts and other schemas is of no use here, and would be looked for. */
const plain = ({ $schema: _, $id: __, ...schema }: JsonSchema): JsonSchema => schema;

function compiled(
  parameters: JsonSchema,
  result: JsonSchema | undefined,
): { checks?: { arguments: Check; result?: Check } } {
  const schemas = [parameters, ...(result === undefined ? [] : [plain(result)])];
  try {
    if (schemas.some(schema => JSON.stringify(schema).length > LONGEST_SCHEMA)) return {};
    const [args, answer] = schemas.map(schema => compileSchema(schema, { foreign: true }));
    return { checks: { arguments: args!, ...(answer !== undefined && { result: answer }) } };
  } catch {
    return {};
  }
}

/** What the model is told: what is structured, else text; what is neither is named. */
function answerOf(
  { content, structuredContent, isError }: CallResult,
  maxBytes: number,
  redacted: (text: string) => string,
): unknown {
  const text = content
    .map(each => {
      if (each.type === 'text') return each.text;
      if (each.type === 'resource_link') return `(a document: ${each.name}, ${each.uri})`;
      if (each.type === 'resource')
        return 'text' in each.resource ? each.resource.text : '(a file that cannot be shown)';
      return each.type === 'image' ? '(a picture that cannot be shown)' : '(a sound that cannot be played)';
    })
    .join('\n');
  if (isError === true)
    throw new ToolFailure('tool-error', `The tool failed, and says: ${line(redacted(text), 300)}`, { unsure: true });
  const answer = structuredContent ?? (text === '' ? null : text);
  const written = typeof answer === 'string' ? answer : writtenAs(answer);
  if (written === undefined) throw unusable('is nested too deeply');
  if (Buffer.byteLength(written) > maxBytes) throw unusable('is too long');
  return answer;
}

/** On one line, so long at most. */
const line = (text: string, most: number) =>
  text
    .slice(0, most)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
