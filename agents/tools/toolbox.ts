import type dns from 'node:dns';
import { unlessAborted } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { PersonaError, type PersonaSource } from '../think/persona-file.ts';
import type { Conversation, Persona, ReplyOptions } from '../think/ports.ts';
import type { Toolbox, ToolCall, ToolOutcome, TurnTools } from '../think/toolbox.ts';
import type { ToolDeclaration } from '../think/tools/declaration.ts';
import { Deeds } from '../think/tools/deeds.ts';
import { type Check, compileSchema, TAKES_TOO_LONG } from '../think/tools/json-schema.ts';
import { UrlTemplate } from '../think/tools/url-template.ts';
import { lookupWithin } from './addresses.ts';
import { AllowList } from './allow-list.ts';
import { CheckTime } from './check-time.ts';
import { exchange, ToolFailure, type ToolRequest } from './exchange.ts';
import { type ResolvedHeaders, resolveHeaders } from './headers.ts';

export interface HttpToolboxDeps {
  /** Targets: origins, or beginnings of addresses. */
  allow: readonly string[];
  /** Calls in one turn, the refused ones included. */
  perTurn: number;
  maxResultBytes: number;
  /** Variables that headers may name. */
  variables: Readonly<Record<string, string>>;
  clock: Clock;
  /** For tests. */
  lookup?: typeof dns.lookup;
  /** @param tool absent: the model made it up  @param tookMs absent: nothing was sent */
  called(outcome: ToolOutcome, tool?: string, tookMs?: number): void;
}

/** A declared tool with everything that a call needs. */
interface ReadyTool extends ResolvedHeaders {
  declaration: ToolDeclaration;
  template: UrlTemplate;
  arguments: Check;
  /** Absent: it may answer anything. */
  result?: Check;
}

/** What the calls of one turn share. */
interface Turn extends ReplyOptions {
  deeds: Deeds;
  time: CheckTime;
}

/** For checking the arguments and results of one turn, all together. */
const CHECKS_MS = 300;
const LIMIT = 'No tool may be used any more in this turn. Answer with what you know.';
const UNSURE = ' It may have been done all the same.';
const NOTHING = 'Done. The service had nothing to say.';

/**
 * Calls the tools of personas over HTTP. What has side effects waits until its turn is certain [T5], and once begun runs
 * to its end, whatever becomes of the turn; everything else ends with the turn's signal.
 */
export class HttpToolbox implements Toolbox {
  readonly #deps: HttpToolboxDeps;
  readonly #allowed: AllowList;
  readonly #ready = new WeakMap<Persona, ReadonlyMap<string, ReadyTool>>();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(deps: HttpToolboxDeps) {
    this.#deps = deps;
    this.#allowed = new AllowList(deps.allow);
  }

  /** Makes a persona's tools ready. Throws PersonaError where one may not be called. */
  prepare({ persona, place }: PersonaSource): void {
    if (persona.tools === undefined) return;
    const tools = persona.tools.map((declaration, i): [string, ReadyTool] => {
      const template = new UrlTemplate(declaration.url);
      if (!this.#allowed.allows(template))
        throw new PersonaError(
          `${place('tools', String(i), 'url')}: ${template.origin}${template.path} is no allowed target; list it, or the beginning of it, in agent.tools.allow of the configuration`,
        );
      const resolved = resolveHeaders(declaration.headers, this.#deps.variables, (header, problem) => {
        throw new PersonaError(`${place('tools', String(i), 'headers', header)}: ${problem}`);
      });
      const { name, parameters, result } = declaration;
      const checks = { arguments: compileSchema(parameters), ...(result && { result: compileSchema(result) }) };
      return [name, { declaration, template, ...checks, ...resolved }];
    });
    this.#ready.set(persona, new Map(tools));
  }

  begin(conversation: Conversation, options: ReplyOptions): TurnTools | undefined {
    const ready = this.#ready.get(conversation.persona);
    if (ready === undefined) return undefined;
    const deeds = conversation.deeds ?? new Deeds();
    let left = this.#deps.perTurn;
    const turn: Turn = { ...options, deeds, time: new CheckTime(CHECKS_MS) };
    return {
      declared: [...ready.values()].map(({ declaration: { name, description, parameters } }) => ({
        name,
        description,
        parameters,
      })),
      get spent() {
        return left === 0;
      },
      run: calls =>
        Promise.all(
          calls.map(async call => {
            const tool = ready.get(call.name);
            if (left === 0) return this.#failed(new ToolFailure('refused-limit', LIMIT), tool);
            left--;
            return this.#call(tool, call, turn);
          }),
        ),
    };
  }

  /** Ends what may be ended and waits for the rest, each within its own time. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the host is closing'));
    await Promise.allSettled(this.#running);
  }

  async #call(tool: ReadyTool | undefined, call: ToolCall, turn: Turn): Promise<string> {
    const signal = AbortSignal.any([turn.signal, this.#closing.signal]);
    signal.throwIfAborted();
    let request: ToolRequest;
    let args: Record<string, unknown>;
    try {
      if (tool === undefined) throw new ToolFailure('bad-arguments', 'The tool failed: there is none of this name.');
      args = await argumentsOf(call, tool, turn.time);
      request = requestFor(tool, args, this.#allowed, this.#deps.lookup);
    } catch (error) {
      return this.#failed(error, tool);
    }
    const { sideEffects } = tool.declaration;
    try {
      // It may have been called off while it was checked.
      signal.throwIfAborted();
      if (sideEffects) await unlessAborted(turn.committed, signal);
    } catch (reason) {
      this.#deps.called('cancelled', call.name);
      throw reason;
    }
    if (!sideEffects) return this.#send(tool, request, turn.time, signal);
    const done = turn.deeds.once(call.name, args, () => this.#send(tool, request, turn.time));
    return unlessAborted(done, signal);
  }

  /** @param signal absent: it cannot be called off */
  #send(tool: ReadyTool, request: ToolRequest, time: CheckTime, signal?: AbortSignal): Promise<string> {
    const sending = this.#exchange(tool, request, time, signal);
    const ended = sending.catch(() => {}).finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return sending;
  }

  async #exchange(tool: ReadyTool, request: ToolRequest, time: CheckTime, signal?: AbortSignal): Promise<string> {
    const { clock, maxResultBytes: maxBytes } = this.#deps;
    const { timeoutMs, name, sideEffects } = tool.declaration;
    const startMs = clock.nowMs();
    const tookMs = () => clock.nowMs() - startMs;
    try {
      const result = await exchange(request, { clock, timeoutMs, maxBytes, ...(signal && { signal }) });
      const problem = tool.result === undefined ? undefined : await time.check(tool.result, result);
      if (problem !== undefined) {
        const told = problem === TAKES_TOO_LONG ? 'takes too long to check' : 'is not of the agreed form';
        throw new ToolFailure('bad-result', `The tool failed: what the service answered ${told}.`, { unsure: true });
      }
      const told = typeof result === 'string' ? result : written(result);
      if (told === undefined)
        throw new ToolFailure('bad-result', 'The tool failed: what the service answered is nested too deeply.', {
          unsure: true,
        });
      this.#deps.called('ok', name, tookMs());
      if (result === null) return NOTHING;
      return tool.redacted(told);
    } catch (error) {
      if (signal?.aborted) {
        this.#deps.called('cancelled', name, tookMs());
        throw signal.reason;
      }
      const told = this.#failed(error, tool, tookMs());
      return sideEffects && (error as ToolFailure).unsure ? told + UNSURE : told;
    }
  }

  /** Counts a failure; what the model is told of it. */
  #failed(error: unknown, tool?: ReadyTool, tookMs?: number): string {
    if (!(error instanceof ToolFailure)) throw error;
    this.#deps.called(error.outcome, tool?.declaration.name, tookMs);
    return error.message;
  }
}

/** As JSON; undefined where it is nested too deeply for that. */
function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

async function argumentsOf(call: ToolCall, tool: ReadyTool, time: CheckTime): Promise<Record<string, unknown>> {
  let args: unknown;
  try {
    args = JSON.parse(call.arguments.trim() || '{}');
  } catch {
    throw new ToolFailure('bad-arguments', 'The tool was not called: its arguments are no JSON.');
  }
  if (written(args) === undefined)
    throw new ToolFailure('bad-arguments', 'The tool was not called: its arguments are nested too deeply.');
  const problem = await time.check(tool.arguments, args);
  if (problem !== undefined)
    throw new ToolFailure('bad-arguments', `The tool was not called, because of its arguments: ${problem}.`);
  return args as Record<string, unknown>;
}

function requestFor(
  { declaration: { method }, template, headers }: ReadyTool,
  args: Record<string, unknown>,
  allowed: AllowList,
  resolve?: typeof dns.lookup,
): ToolRequest {
  let url: URL;
  try {
    url = template.expand(args);
  } catch (error) {
    throw new ToolFailure(
      'bad-arguments',
      `The tool was not called, because of its arguments: ${(error as Error).message}.`,
    );
  }
  const reach = allowed.reach({ origin: url.origin, path: url.pathname });
  if (reach === undefined)
    throw new ToolFailure('bad-arguments', 'The tool was not called: its arguments lead elsewhere.');
  const request = { method, url, headers, lookup: lookupWithin(reach, resolve) };
  if (method === 'GET' || method === 'DELETE') return request;
  const rest = Object.entries(args).filter(([name]) => !template.names.has(name));
  return { ...request, body: JSON.stringify(Object.fromEntries(rest)) };
}
