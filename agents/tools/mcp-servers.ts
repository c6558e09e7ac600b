import type dns from 'node:dns';
import type { Clock } from '../base/clock.ts';
import type { McpDeclaration } from '../think/tools/mcp-declaration.ts';
import { UrlTemplate } from '../think/tools/url-template.ts';
import { lookupWithin } from './addresses.ts';
import type { AllowList } from './allow-list.ts';
import { type CommandEntry, CommandList } from './command-list.ts';
import { McpServer, type McpServerDeps } from './mcp-server.ts';
import { resolveValues } from './values.ts';

export interface McpServersDeps {
  allowed: AllowList;
  /** What may be started. */
  commands: readonly CommandEntry[];
  maxResultBytes: number;
  /** Variables that headers and environments may name. */
  variables: Readonly<Record<string, string>>;
  /** Where programs are looked for: a PATH. */
  searchPath: string;
  clock: Clock;
  /** For tests. */
  lookup?: typeof dns.lookup;
  report(problem: string, details: object): void;
  /** A server failed, and is started again. */
  restarted(): void;
}

type Refuse = (keys: readonly string[], problem: string) => never;
type Open = McpServerDeps['open'];

/** The servers of tools of a host; personas that declare the very same share one. */
export class McpServers {
  readonly #deps: McpServersDeps;
  readonly #commands: CommandList;
  readonly #servers = new Map<string, McpServer>();
  readonly #pids = new Set<() => number | undefined>();

  constructor(deps: McpServersDeps) {
    this.#deps = deps;
    this.#commands = new CommandList(deps.commands);
  }

  /** Processes of servers that run. */
  get pids(): number[] {
    return [...this.#pids].flatMap(pid => pid() ?? []);
  }

  /**
   * The server that is declared so; it is not started yet.
   *
   * @param refuse throws; says what of the declaration the operator does not allow
   */
  of(declaration: McpDeclaration, refuse: Refuse): McpServer {
    const { variables, clock, maxResultBytes, report, restarted } = this.#deps;
    const { command, url, env, headers } = declaration;
    const key = url === undefined ? 'env' : 'headers';
    const resolved = resolveValues(key === 'env' ? env : headers, variables, (name, problem) =>
      refuse([key, name], problem),
    );
    const { values, redacted } = resolved;
    const open =
      url === undefined
        ? this.#child(declaration.name, command ?? [], values, redacted, refuse)
        : this.#remote(url, values, refuse);
    const id = JSON.stringify({ ...declaration, [key]: values });
    const known =
      this.#servers.get(id) ?? new McpServer({ declaration, clock, maxResultBytes, report, restarted, redacted, open });
    this.#servers.set(id, known);
    return known;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(server => server.close()));
  }

  #child(
    server: string,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
    redacted: (text: string) => string,
    refuse: Refuse,
  ): Open {
    const problem = this.#commands.problem(command, Object.keys(env));
    if (problem !== undefined) refuse([problem.key], problem.message);
    const { searchPath, report } = this.#deps;
    return async () => {
      const { ChildTransport } = await import('./mcp-stdio.ts');
      const transport: InstanceType<typeof ChildTransport> = new ChildTransport({
        command,
        env: { PATH: searchPath, ...env },
        stderr: line => report('a server of tools says', { server, line: redacted(line) }),
        ended: (how, asked) => {
          this.#pids.delete(pid);
          if (!asked) report('a server of tools has ended', { server, how });
        },
      });
      const pid = () => transport.pid;
      this.#pids.add(pid);
      return { transport, called: () => transport.quiet() };
    };
  }

  #remote(address: string, headers: Readonly<Record<string, string>>, refuse: Refuse): Open {
    const { allowed, lookup } = this.#deps;
    const template = new UrlTemplate(address);
    const reach = allowed.reach(template);
    if (reach === undefined)
      return refuse(
        ['url'],
        `${template.origin}${template.path} is no allowed target; list it, or the beginning of it, in agent.tools.allow of the configuration`,
      );
    return async () => {
      const [{ httpTransport }, { MOST_MESSAGE_BYTES: maxBytes }] = await Promise.all([
        import('./mcp-client.ts'),
        import('./mcp-stdio.ts'),
      ]);
      const options = { url: template.expand({}), lookup: lookupWithin(reach, lookup), maxBytes };
      return { transport: httpTransport(headers, options) };
    };
  }
}
