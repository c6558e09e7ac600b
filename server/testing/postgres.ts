/** A real PostgreSQL for tests: the one that `VISAVIS_TEST_DATABASE_URL` names, or one started for them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';

const FOLDERS = ['/usr/local/bin', ...[18, 17, 16, 15, 14].map(version => `/usr/lib/postgresql/${version}/bin`)];
const BINARIES = FOLDERS.find(folder => ['initdb', 'postgres'].every(name => fs.existsSync(path.join(folder, name))));
const GIVEN = process.env.VISAVIS_TEST_DATABASE_URL;
/** PostgreSQL refuses to run as root. */
const OWNER = process.getuid?.() === 0 ? idOf('postgres') : undefined;

export const HAS_POSTGRES =
  GIVEN !== undefined || (BINARIES !== undefined && (process.getuid?.() !== 0 || OWNER !== undefined));

function idOf(user: string): { uid: number; gid: number } | undefined {
  try {
    const [uid, gid] = ['-u', '-g'].map(flag => Number(execFileSync('id', [flag, user], { encoding: 'utf8' })));
    return { uid: uid!, gid: gid! };
  } catch {
    return undefined;
  }
}

export class TestPostgres {
  readonly #base: string;
  readonly #folder: string | undefined;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(base: string, port: number, folder?: string) {
    this.#base = base;
    this.#port = port;
    this.#folder = folder;
  }

  static async start(): Promise<TestPostgres> {
    if (GIVEN !== undefined) return new TestPostgres(GIVEN, 0);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-postgres-'));
    if (OWNER !== undefined) fs.chownSync(folder, OWNER.uid, OWNER.gid);
    execFileSync(
      path.join(BINARIES!, 'initdb'),
      ['-D', path.join(folder, 'data'), '-U', 'visavis', '-A', 'trust', '--no-locale', '-E', 'UTF8'],
      { ...OWNER, stdio: 'ignore', cwd: folder },
    );
    const port = await freePort();
    const postgres = new TestPostgres(`postgresql://visavis@127.0.0.1:${port}/postgres`, port, folder);
    await postgres.up();
    return postgres;
  }

  /** An empty database of its own; its address. */
  async database(): Promise<string> {
    const name = `visavis_test_${randomBytes(6).toString('hex')}`;
    const admin = new pg.Client({ connectionString: this.#base });
    admin.on('error', () => {});
    await admin.connect();
    await admin.query(`create database ${name}`);
    await admin.end();
    const url = new URL(this.#base);
    url.pathname = `/${name}`;
    return url.href;
  }

  get canStop(): boolean {
    return this.#folder !== undefined;
  }

  async up(): Promise<void> {
    if (this.#folder === undefined) return;
    this.#process = spawn(
      path.join(BINARIES!, 'postgres'),
      ['-D', path.join(this.#folder, 'data'), '-p', String(this.#port), '-k', this.#folder, '-h', '127.0.0.1'],
      { ...OWNER, stdio: 'ignore', cwd: this.#folder },
    );
    for (;;) {
      const client = new pg.Client({ connectionString: this.#base });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.end();
        return;
      } catch {
        await new Promise(resolve => setTimeout(resolve, 50));
      }
    }
  }

  /** Takes the database away, with every connection to it. */
  async down(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGQUIT');
    await exited;
  }

  async close(): Promise<void> {
    await this.down();
    if (this.#folder !== undefined) fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A port of this machine that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
