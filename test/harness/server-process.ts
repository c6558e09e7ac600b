/** The server as a process of its own, as `npm start` runs it: it can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { AccessToken } from 'livekit-server-sdk';
import type { Conversation, ConversationList } from '../../protocol/conversations.ts';
import { freePort } from '../../server/testing/postgres.ts';

const MAIN = path.resolve(import.meta.dirname, '../../server/main.ts');

export class ServerProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, dataDir: string) {
    this.#child = child;
    this.url = url;
    this.dataDir = dataDir;
  }

  /** Resolves when it answers; rejects where it ends instead, or once the signal is aborted. */
  static async start(
    dataDir: string,
    {
      agents = 0,
      env = {},
      settings = {},
      signal,
    }: { agents?: number; env?: NodeJS.ProcessEnv; settings?: object; signal?: AbortSignal } = {},
  ) {
    const port = await freePort();
    const config = path.join(dataDir, 'test-config.yaml');
    fs.mkdirSync(dataDir, { recursive: true });
    fs.writeFileSync(
      config,
      JSON.stringify({ limits: { messagesPerSecond: 100, tokensPerMinute: 1000 }, ...settings }),
    );
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'ignore', process.env.VISAVIS_TEST_LOG === undefined ? 'ignore' : 'inherit'],
      env: {
        ...process.env,
        PORT: String(port),
        VISAVIS_CONFIG: config,
        VISAVIS_DATA_DIR: dataDir,
        VISAVIS_RTC_PORT: '0',
        VISAVIS_AGENTS: String(agents),
        VISAVIS_STANDBY_AGENTS: '0',
        ...env,
      },
    });
    // Whoever ends with `process.exit` leaves no server behind.
    process.once('exit', () => child.kill('SIGKILL'));
    const server = new ServerProcess(child, `http://127.0.0.1:${port}`, dataDir);
    for (;;) {
      if (signal?.aborted === true) {
        await server.kill('SIGKILL');
        throw signal.reason;
      }
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      const health = await fetch(`${server.url}/health`).catch(() => undefined);
      if (health !== undefined && (agents === 0 || health.ok)) return server;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }

  /** This server's development key. */
  get keys(): { apiKey: string; apiSecret: string } {
    return JSON.parse(fs.readFileSync(path.join(this.dataDir, 'development-key.json'), 'utf8'));
  }

  /** A token of this server's development key. */
  token(grant: Parameters<AccessToken['addGrant']>[0], attributes: Record<string, string> = {}): Promise<string> {
    const { apiKey, apiSecret } = this.keys;
    const token = new AccessToken(apiKey, apiSecret, { identity: 'test', ttl: '1h', attributes });
    token.addGrant(grant);
    return token.toJwt();
  }

  async ask(token: string, url: string, method = 'GET'): Promise<Response> {
    return fetch(`${this.url}${url}`, { method, headers: { authorization: `Bearer ${token}` } });
  }

  /** All conversations of a room, newest first, with what was said. */
  async conversations(room: string): Promise<Conversation[]> {
    const token = await this.token({ roomList: true });
    const list = (await (await this.ask(token, `/api/conversations?room=${room}`)).json()) as ConversationList;
    return Promise.all(
      list.conversations.map(
        async ({ id }) => (await (await this.ask(token, `/api/conversations/${id}`)).json()) as Conversation,
      ),
    );
  }
}
