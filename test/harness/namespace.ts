import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ip = (...args: string[]): boolean => spawnSync('ip', args, { stdio: 'ignore' }).status === 0;

/** A network of two hosts on this machine: ours, and a namespace in which a browser can be started. */
export class Namespace {
  /** Our address in it. */
  readonly address = '10.213.7.1';
  readonly #name = `visavis-${process.pid}`;
  readonly #link = `vv${process.pid % 100_000}`;
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-ns-'));

  /** Undefined where namespaces cannot be made. */
  static create(): Namespace | undefined {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
    const namespace = new Namespace();
    if (namespace.#setUp()) return namespace;
    namespace.close();
    return undefined;
  }

  /** A script that starts a program inside. */
  wrap(program: string): string {
    const script = path.join(this.#folder, 'run');
    fs.writeFileSync(script, `#!/bin/sh\nexec ip netns exec ${this.#name} ${program} "$@"\n`, { mode: 0o755 });
    return script;
  }

  /** Cuts the cable, or plugs it in again. */
  setUp(up: boolean): void {
    if (!ip('link', 'set', this.#link, up ? 'up' : 'down')) throw new Error('the link could not be switched');
  }

  /** What is sent into it vanishes on the way, or no longer: nobody's cable tells of that. */
  swallow(swallowed: boolean): void {
    if (!ip('route', swallowed ? 'add' : 'del', 'blackhole', '10.213.7.2/32'))
      throw new Error('the route could not be changed');
  }

  close(): void {
    ip('link', 'del', this.#link);
    ip('netns', 'del', this.#name);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #setUp(): boolean {
    const peer = `${this.#link}p`;
    return (
      ip('netns', 'add', this.#name) &&
      // Without IPv6 the link is settled at once: a browser gives up loading a page when its addresses change.
      ip('netns', 'exec', this.#name, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6') &&
      ip('link', 'add', this.#link, 'type', 'veth', 'peer', 'name', peer) &&
      ip('link', 'set', peer, 'netns', this.#name) &&
      ip('addr', 'add', `${this.address}/24`, 'dev', this.#link) &&
      ip('link', 'set', this.#link, 'up') &&
      ip('netns', 'exec', this.#name, 'ip', 'addr', 'add', '10.213.7.2/24', 'dev', peer) &&
      ip('netns', 'exec', this.#name, 'ip', 'link', 'set', peer, 'up') &&
      ip('netns', 'exec', this.#name, 'ip', 'link', 'set', 'lo', 'up')
    );
  }
}
