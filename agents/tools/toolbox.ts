import { unlessAborted } from '../base/cancellation.ts';
import { PersonaError, type PersonaSource } from '../think/persona-file.ts';
import type { Conversation, Persona, ReplyOptions } from '../think/ports.ts';
import { type Toolbox, type ToolCall, type ToolOutcome, type TurnTools, usesTools } from '../think/toolbox.ts';
import { Deeds } from '../think/tools/deeds.ts';
import type { Lookups } from '../think/tools/lookups.ts';
import { AllowList } from './allow-list.ts';
import { CheckTime } from './check-time.ts';
import { ToolFailure } from './exchange.ts';
import { httpTool } from './http-tool.ts';
import type { McpServer } from './mcp-server.ts';
import { McpServers, type McpServersDeps } from './mcp-servers.ts';
import { type Send, type Tool, writtenAs } from './tool.ts';

export interface PersonaToolboxDeps extends Omit<McpServersDeps, 'allowed'> {
  /** Targets: origins, or beginnings of addresses. */
  allow: readonly string[];
  /** Calls in one turn, the refused ones included. */
  perTurn: number;
  /** The same call, asked for again while nobody waits for it any more, is waited for no longer. */
  waitingMs: number;
  /** @param tool absent: the model made it up  @param tookMs absent: nothing was sent */
  called(outcome: ToolOutcome, tool?: string, tookMs?: number): void;
}

/** What the calls of one turn share. */
interface Turn extends ReplyOptions {
  deeds: Deeds;
  lookups: Lookups | undefined;
  /** Identity of who is answered. */
  asker: string;
  time: CheckTime;
}

/** What a persona may have called: tools of its own, and those of servers, which may be others later. */
interface Ready {
  own: readonly Tool[];
  servers: readonly McpServer[];
}

/** For checking the arguments and results of one turn, all together. */
const CHECKS_MS = 300;
const LIMIT = 'No tool may be used any more in this turn. Answer with what you know.';
const UNSURE = ' It may have been done all the same.';
const STILL =
  'That is under way already, and you will tell what comes of it in a turn of your own. Say in a few words that you are still on it, and go on.';
const NOTHING = 'Done. The service had nothing to say.';

/**
 * Calls the tools of personas: their own over HTTP, and those of servers. What has side effects waits until its turn is
 * certain [T5], and once begun runs to its end, whatever becomes of the turn; everything else ends with the turn's
 * signal, unless somebody merely spoke meanwhile: then it goes on, and the conversation's lookups have it told.
 */
export class PersonaToolbox implements Toolbox {
  readonly #deps: PersonaToolboxDeps;
  readonly #allowed: AllowList;
  readonly #servers: McpServers;
  readonly #ready = new WeakMap<Persona, Ready>();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(deps: PersonaToolboxDeps) {
    this.#deps = deps;
    this.#allowed = new AllowList(deps.allow);
    this.#servers = new McpServers({ ...deps, allowed: this.#allowed });
  }

  /** Processes of servers that run. */
  get pids(): number[] {
    return this.#servers.pids;
  }

  /** Makes a persona's tools ready. Throws PersonaError where one may not be called. */
  prepare({ persona, place }: PersonaSource): void {
    if (!usesTools(persona)) return;
    const refuse =
      (...where: string[]) =>
      (keys: readonly string[], problem: string): never => {
        throw new PersonaError(`${place(...where, ...keys)}: ${problem}`);
      };
    const own = (persona.tools ?? []).map((declaration, i) =>
      httpTool(declaration, { ...this.#deps, allowed: this.#allowed, refuse: refuse('tools', String(i)) }),
    );
    const servers = (persona.mcp ?? []).map((declaration, i) =>
      this.#servers.of(declaration, refuse('mcp', String(i))),
    );
    this.#ready.set(persona, { own, servers });
  }

  /** A conversation begins: the persona's servers are started, and nobody waits for them. */
  open(persona: Persona): void {
    for (const server of this.#ready.get(persona)?.servers ?? []) server.use();
  }

  begin(conversation: Conversation, options: ReplyOptions): TurnTools | undefined {
    const ready = this.#ready.get(conversation.persona);
    if (ready === undefined) return undefined;
    const tools = () => [...ready.own, ...ready.servers.flatMap(server => server.use())];
    const deeds = conversation.deeds ?? new Deeds();
    let left = this.#deps.perTurn;
    const { lookups, occasion, turn: said } = conversation;
    const asker = said.at(-1)?.speaker ?? occasion?.identity ?? '';
    const turn: Turn = { ...options, deeds, lookups, asker, time: new CheckTime(CHECKS_MS) };
    return {
      get declared() {
        return tools().map(({ name, description, parameters }) => ({ name, description, parameters }));
      },
      get spent() {
        return left === 0;
      },
      run: calls => {
        options.asked?.();
        return Promise.all(
          calls.map(async call => {
            const tool = tools().find(({ name }) => name === call.name);
            if (left === 0) return this.#failed(new ToolFailure('refused-limit', LIMIT), tool);
            left--;
            return this.#call(tool, call, turn);
          }),
        );
      },
    };
  }

  /** Ends what may be ended and waits for the rest, each within its own time. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the host is closing'));
    await Promise.allSettled(this.#running);
    await this.#servers.close();
  }

  async #call(tool: Tool | undefined, call: ToolCall, turn: Turn): Promise<string> {
    const signal = AbortSignal.any([turn.signal, this.#closing.signal]);
    signal.throwIfAborted();
    let send: Send;
    let args: Record<string, unknown>;
    try {
      if (tool === undefined) throw new ToolFailure('bad-arguments', 'The tool failed: there is none of this name.');
      args = await argumentsOf(call, tool, turn.time);
      send = tool.ready(args);
    } catch (error) {
      return this.#failed(error, tool);
    }
    try {
      // It may have been called off while it was checked.
      signal.throwIfAborted();
      if (tool.sideEffects) await unlessAborted(turn.committed, signal);
    } catch (reason) {
      this.#deps.called('cancelled', call.name);
      throw reason;
    }
    const what = `${call.name} ${JSON.stringify(args)}`;
    const same = turn.lookups?.same(what);
    if (same !== undefined) return this.#again(same, turn, signal);
    if (tool.sideEffects) {
      const done = turn.deeds.once(call.name, args, () => this.#send(tool, send, turn.time));
      return this.#awaited({ what, outcome: done, abort: () => {} }, turn, signal);
    }
    const own = new AbortController();
    const outcome = this.#send(tool, send, turn.time, AbortSignal.any([own.signal, this.#closing.signal]));
    return this.#awaited({ what, outcome, abort: reason => own.abort(reason) }, turn, signal);
  }

  /** Waits for it with its turn; without a conversation's lookups it is called off with that. */
  async #awaited(
    { what, outcome, abort }: { what: string; outcome: Promise<string>; abort(reason: unknown): void },
    { lookups, asker }: Turn,
    signal: AbortSignal,
  ): Promise<string> {
    if (lookups !== undefined) return lookups.wait({ what, asker, outcome, abort }, signal);
    try {
      return await unlessAborted(outcome, signal);
    } catch (reason) {
      abort(reason);
      throw reason;
    }
  }

  /** Nobody waits for the very same any more: what comes of it within a moment is told now, and not once more. */
  async #again(
    { outcome, claim }: NonNullable<ReturnType<Lookups['same']>>,
    { committed }: Turn,
    signal: AbortSignal,
  ): Promise<string> {
    const late = Promise.withResolvers<undefined>();
    const cancelTimer = this.#deps.clock.after(this.#deps.waitingMs, () => late.resolve(undefined));
    try {
      const told = await unlessAborted(Promise.race([outcome, late.promise]), signal);
      // [T5] An answer that is thrown away tells nobody.
      if (told !== undefined) void committed.then(claim);
      return told ?? STILL;
    } finally {
      cancelTimer();
    }
  }

  /** @param signal absent: it cannot be called off */
  #send(tool: Tool, send: Send, time: CheckTime, signal?: AbortSignal): Promise<string> {
    const sending = this.#exchange(tool, send, time, signal);
    const ended = sending.catch(() => {}).finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return sending;
  }

  async #exchange(tool: Tool, send: Send, time: CheckTime, signal?: AbortSignal): Promise<string> {
    const { clock, called } = this.#deps;
    const startMs = clock.nowMs();
    const tookMs = () => clock.nowMs() - startMs;
    try {
      const answer = await send({ time, ...(signal && { signal }) });
      const told = typeof answer === 'string' ? answer : writtenAs(answer);
      if (told === undefined)
        throw new ToolFailure('bad-result', 'The tool failed: what the service answered is nested too deeply.', {
          unsure: true,
        });
      called('ok', tool.name, tookMs());
      return answer === null ? NOTHING : tool.redacted(told);
    } catch (error) {
      if (signal?.aborted) {
        called('cancelled', tool.name, tookMs());
        throw signal.reason;
      }
      const told = this.#failed(error, tool, tookMs());
      return tool.sideEffects && (error as ToolFailure).unsure ? told + UNSURE : told;
    }
  }

  /** Counts a failure; what the model is told of it. */
  #failed(error: unknown, tool?: Tool, tookMs?: number): string {
    if (!(error instanceof ToolFailure)) throw error;
    this.#deps.called(error.outcome, tool?.name, tookMs);
    return tool === undefined ? error.message : tool.redacted(error.message);
  }
}

async function argumentsOf(call: ToolCall, tool: Tool, time: CheckTime): Promise<Record<string, unknown>> {
  let args: unknown;
  try {
    args = JSON.parse(call.arguments.trim() || '{}');
  } catch {
    throw new ToolFailure('bad-arguments', 'The tool was not called: its arguments are no JSON.');
  }
  if (writtenAs(args) === undefined)
    throw new ToolFailure('bad-arguments', 'The tool was not called: its arguments are nested too deeply.');
  const problem = await tool.check(args, time);
  if (problem !== undefined)
    throw new ToolFailure('bad-arguments', `The tool was not called, because of its arguments: ${problem}.`);
  return args as Record<string, unknown>;
}
