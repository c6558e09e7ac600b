/** Speaks with a server of tools. The only file that loads the protocol's library: who has no such server pays nothing for it. */
import {
  Client,
  type Tool as ListedTool,
  ProtocolError,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { failureOf, ToolFailure } from './exchange.ts';
import { type FetchOptions, fetchWithin } from './mcp-fetch.ts';

export type { ListedTool };

/** For beginning, and for a list of tools. */
const ANSWERS_MS = 10_000;
/** Whether it speaks the newer form of the protocol is waited for so long. */
const PROBED_MS = 2000;
/** Of a list of tools. */
const MOST_PAGES = 4;
/** A stream of events that ended is opened again no sooner. */
const REOPENED_MS = 1000;
/** Of what a server says of a failure, characters. */
const TOLD_LENGTH = 300;

/** What a call came to, as the protocol has it. */
export type CallResult = Awaited<ReturnType<Client['callTool']>>;

/** A server that answers. */
export interface Connection {
  list(options?: { withinMs: number }): Promise<ListedTool[]>;
  /** Throws ToolFailure, or the signal's reason. */
  call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<CallResult>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  signal: AbortSignal;
  /** The older form of the protocol, without asking for the newer one first. */
  plain: boolean;
  /** Its tools are others now. */
  changed(): void;
  /** It is gone. */
  lost(): void;
}

/** Streamable HTTP to one address. */
export const httpTransport = (headers: Readonly<Record<string, string>>, options: FetchOptions): Transport =>
  new StreamableHTTPClientTransport(options.url, {
    fetch: fetchWithin(options),
    requestInit: { headers },
    reconnectionScheduler: (again, delayMs) => {
      const timer = setTimeout(again, Math.max(REOPENED_MS, delayMs));
      return () => clearTimeout(timer);
    },
  });

/** Begins to speak with a server; it offers nothing but calls. Rejects with what went wrong. */
export async function connect(transport: Transport, options: ConnectOptions): Promise<Connection> {
  const client = new Client(
    { name: 'visavis', version: '1' },
    {
      capabilities: {},
      listMaxPages: MOST_PAGES,
      inputRequired: { autoFulfill: false },
      ...(!options.plain && { versionNegotiation: { mode: 'auto', probe: { timeoutMs: PROBED_MS } } }),
      // Answers are checked with everything else that is checked in a turn.
      jsonSchemaValidator: {
        getValidator: () => input => ({ valid: true, data: input as never, errorMessage: undefined }),
      },
      listChanged: { tools: { autoRefresh: false, onChanged: () => options.changed() } },
    },
  );
  // A failure that concerns a call is told to who waits for it.
  client.onerror = () => {};
  client.onclose = () => options.lost();
  try {
    await client.connect(transport, { signal: options.signal, timeout: ANSWERS_MS });
  } catch (error) {
    await transport.close();
    throw error;
  }
  return {
    list: async ({ withinMs } = { withinMs: ANSWERS_MS }) => {
      if (client.getServerCapabilities()?.tools === undefined) return [];
      return (await client.listTools(undefined, { timeout: withinMs, cacheMode: 'refresh' })).tools;
    },
    call: async (name, args, signal) => {
      try {
        // How long it may take is told by the signal.
        return await client.callTool({ name, arguments: args }, { signal, timeout: 2 ** 31 - 1 });
      } catch (error) {
        signal.throwIfAborted();
        throw calledFailure(error);
      }
    },
    close: () => client.close(),
  };
}

function calledFailure(error: unknown): ToolFailure {
  if (error instanceof ProtocolError) return toolError(error.message);
  if (error instanceof SdkHttpError && error.status !== undefined)
    return new ToolFailure('http-error', `The tool failed: the service answered with status ${error.status}.`, {
      unsure: error.status >= 500,
    });
  return failureOf(error);
}

/** The tool itself says that it failed, and why. */
export const toolError = (why: string): ToolFailure =>
  new ToolFailure('tool-error', `The tool failed, and says: ${why.slice(0, TOLD_LENGTH)}`, { unsure: true });
