import type { Transport } from '@modelcontextprotocol/client';
import { unlessAborted } from '../base/cancellation.ts';
import type { Clock } from '../base/clock.ts';
import { Cooldown } from '../base/cooldown.ts';
import type { McpDeclaration } from '../think/tools/mcp-declaration.ts';
import { ToolFailure } from './exchange.ts';
import type { CallResult, Connection } from './mcp-client.ts';
import { listedTools } from './mcp-tool.ts';
import type { Tool } from './tool.ts';

/** One that nobody has used for so long is ended; the next conversation starts it again. */
const IDLE_MS = 600_000;
/** Whoever took too long for a call has so long for a sign of life. */
const ALIVE_MS = 3000;

export interface McpServerDeps {
  declaration: McpDeclaration;
  clock: Clock;
  maxResultBytes: number;
  /** A way to it, not opened yet; `called`: from now on it may write what people said. */
  open(): Promise<{ transport: Transport; called?(): void }>;
  redacted(text: string): string;
  /** Something that an operator may want to know; holds nothing that it was asked or answered [P1]. */
  report(problem: string, details: object): void;
  /** It failed, and is started again. */
  restarted(): void;
}

/**
 * A server of tools, for all conversations of a host. It is started when it is first used, ended when it is idle, and
 * started again when it is gone, or hangs: after 2 s, then twice as long each time, 60 s at most. Meanwhile its tools,
 * as they were last known, say that it is away.
 */
export class McpServer {
  readonly #deps: McpServerDeps;
  readonly #rest: Cooldown;
  readonly #closing = new AbortController();
  #tools: readonly Tool[] = [];
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #called: (() => void) | undefined;
  /** The newer form of the protocol was asked for, and that came to nothing: then the older one first. */
  #plain = false;
  /** Connections that are ending. */
  readonly #ending = new Set<Promise<void>>();
  #cancelTimer = () => {};

  constructor(deps: McpServerDeps) {
    this.#deps = deps;
    this.#rest = new Cooldown(deps.clock);
  }

  /** Its tools as they are known by now; it is started where it does not run. */
  use(): readonly Tool[] {
    if (this.#connection !== undefined) this.#wait(IDLE_MS, () => this.#leave());
    else if (!this.#rest.active) this.#start();
    return this.#tools;
  }

  /** Ends it, by force if need be, and waits until it is gone. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the host is closing'));
    this.#cancelTimer();
    this.#leave();
    await this.#opening?.catch(() => {});
    await Promise.all(this.#ending);
  }

  #start(): void {
    if (this.#opening !== undefined || this.#closing.signal.aborted) return;
    this.#cancelTimer();
    this.#opening = this.#open().finally(() => {
      this.#opening = undefined;
    });
    this.#opening.catch(() => {});
  }

  async #open(): Promise<Connection> {
    const { open, report, declaration } = this.#deps;
    try {
      const { connect } = await import('./mcp-client.ts');
      const { transport, called } = await open();
      const { signal } = this.#closing;
      signal.throwIfAborted();
      let lost = false;
      const connection = await connect(transport, {
        signal,
        plain: this.#plain,
        changed: () => void this.#list(connection).catch(() => this.#lose(connection, 'it gives no list')),
        lost: () => {
          lost = true;
          if (this.#connection !== undefined) this.#lose(this.#connection, 'it is gone');
        },
      });
      try {
        await this.#list(connection);
        signal.throwIfAborted();
        if (lost) throw new Error('it is gone');
      } catch (error) {
        await connection.close();
        throw error;
      }
      this.#connection = connection;
      this.#called = called;
      this.#wait(IDLE_MS, () => this.#leave());
      return connection;
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#plain = !this.#plain;
        // Not its message: it may be the server's.
        report('a server of tools does not answer', { server: declaration.name, reason: reasonOf(error) });
        this.#again();
      }
      throw new ToolFailure('network', AWAY);
    }
  }

  async #list(connection: Connection): Promise<void> {
    const { declaration, maxResultBytes, redacted, report } = this.#deps;
    this.#tools = await listedTools(await connection.list(), {
      declaration,
      maxResultBytes,
      redacted,
      call: (name, args, signal) => this.#call(name, args, signal),
      leftOut: (problem, count) => report(`tools were left out: ${problem}`, { server: declaration.name, count }),
    });
  }

  async #call(name: string, args: Record<string, unknown>, signal: AbortSignal | undefined): Promise<CallResult> {
    const { clock, declaration } = this.#deps;
    const late = new AbortController();
    const cancelTimer = clock.after(declaration.timeoutMs, () => late.abort());
    const either = AbortSignal.any([late.signal, ...(signal === undefined ? [] : [signal])]);
    let connection: Connection | undefined;
    try {
      if (this.#connection === undefined && !this.#rest.active) this.#start();
      connection = this.#connection ?? (this.#opening && (await unlessAborted(this.#opening, either)));
      if (connection === undefined) throw new ToolFailure('network', AWAY);
      this.#called?.();
      const result = await connection.call(name, args, either);
      this.#rest.succeeded();
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      if (!late.signal.aborted) throw error;
      if (connection !== undefined) this.#suspect(connection);
      const sent = connection !== undefined;
      throw new ToolFailure('timeout', 'The tool failed: the service did not answer in time.', { unsure: sent });
    } finally {
      cancelTimer();
    }
  }

  /** A call took too long: whoever gives no sign of life either hangs. */
  #suspect(connection: Connection): void {
    connection.list({ withinMs: ALIVE_MS }).then(
      () => this.#rest.succeeded(),
      () => this.#lose(connection, 'it hangs'),
    );
  }

  #lose(connection: Connection, reason: string): void {
    if (this.#connection !== connection) return;
    this.#leave();
    if (this.#closing.signal.aborted) return;
    this.#deps.restarted();
    this.#deps.report('a server of tools failed, and is started again', {
      server: this.#deps.declaration.name,
      reason,
    });
    this.#again();
  }

  #leave(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    const ending = connection
      .close()
      .catch(() => {})
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #again(): void {
    this.#rest.failed();
    this.#wait(this.#rest.leftMs, () => this.#start());
  }

  #wait(ms: number, then: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.after(ms, then);
  }
}

const AWAY = 'The tool failed: its service is away just now. It is being started again.';

/** A word or a code, of what lies deepest. */
function reasonOf(error: unknown): string {
  const { code, name, cause } = error as NodeJS.ErrnoException;
  if (cause instanceof Error) return reasonOf(cause);
  return code === undefined ? name : String(code);
}
