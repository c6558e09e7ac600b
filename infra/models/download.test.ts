import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { addressAt, download } from './download.ts';

const FILE = Buffer.alloc(300_000, 'weights ');
const sha256 = createHash('sha256').update(FILE).digest('hex');

let folder: string;
let target: string;
let server: http.Server;
let address: string;
let said: string[];
let ranges: (string | undefined)[];
/** What of the next answer comes before the line is cut. */
let cutAfter: number;
let serve: (request: http.IncomingMessage, response: http.ServerResponse) => void;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-download-'));
  target = path.join(folder, 'llama', 'model.gguf');
  [said, ranges, cutAfter] = [[], [], FILE.length];
  serve = (request, response) => {
    ranges.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200);
    const part = FILE.subarray(from, cutAfter);
    if (cutAfter < FILE.length) {
      response.write(part);
      // Once something of it has come.
      const cut = setInterval(() => {
        if (!fs.statSync(`${target}.part`, { throwIfNoEntry: false })?.size) return;
        clearInterval(cut);
        response.destroy();
      }, 2);
    } else response.end(part);
  };
  server = http.createServer((request, response) => serve(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/owner/model/resolve/1/model.gguf`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  fs.rmSync(folder, { recursive: true, force: true });
});

const fetched = (more: Partial<Parameters<typeof download>[0] & Parameters<typeof download>[2]> = {}) =>
  download({ address, bytes: FILE.length, sha256, ...more }, target, {
    say: line => said.push(line),
    signal: new AbortController().signal,
    ...more,
  });
const files = () => fs.readdirSync(path.dirname(target));

describe('a model that is fetched', () => {
  it('is there whole, and how far it has come is told', async () => {
    await fetched();
    expect(fs.readFileSync(target)).toEqual(FILE);
    expect(files()).toEqual(['model.gguf']);
    expect(said).toContain('100 % of 0 MB');
  });

  it('goes on where the line was cut', async () => {
    cutAfter = 100_000;
    await expect(fetched()).rejects.toThrow(OperatorError);
    expect(files()).toEqual(['model.gguf.part']);
    cutAfter = FILE.length;
    await fetched();
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
    expect(fs.readFileSync(target)).toEqual(FILE);
  });

  it('begins again where the host cannot go on', async () => {
    fs.mkdirSync(path.dirname(target));
    fs.writeFileSync(`${target}.part`, 'other');
    serve = (_request, response) => response.end(FILE);
    await fetched();
    expect(fs.readFileSync(target)).toEqual(FILE);
  });

  it('is not kept where it is another file than the one that is known', async () => {
    await expect(fetched({ sha256: 'f00' })).rejects.toThrow(/not the file that is known here/);
    expect(files()).toEqual([]);
  });

  it('is refused where more comes than belongs to it', async () => {
    await expect(fetched({ bytes: 1000 })).rejects.toThrow(/more than the file/);
    expect(files()).not.toContain('model.gguf');
  });

  it.each([
    [
      'a host that does not have it',
      (_: unknown, response: http.ServerResponse) => response.writeHead(404).end(),
      /404/,
    ],
    ['a host that says nothing', () => {}, /nothing came for 0.2 s/],
  ])('tells what to do: %s', async (_, answer, message) => {
    serve = answer;
    const failing = fetched({ stallMs: 200 });
    await expect(failing).rejects.toThrow(message);
    await expect(fetched({ stallMs: 200 })).rejects.toThrow(/VISAVIS_MODELS_MIRROR.*model\.gguf$/);
  });

  it('stops when it is told to, and keeps what has come', async () => {
    const stop = new AbortController();
    serve = (_request, response) => {
      response.write(FILE.subarray(0, 50_000), () => setTimeout(() => stop.abort(new Error('stopped')), 50));
    };
    await expect(fetched({ signal: stop.signal })).rejects.toThrow('stopped');
    expect(files()).toEqual(['model.gguf.part']);
  });

  it('comes from a mirror by the same path', async () => {
    expect(addressAt('https://hub.example/a/b.gguf', 'http://mirror.example/models/')).toBe(
      'http://mirror.example/models/a/b.gguf',
    );
    expect(() => addressAt('https://hub.example/a', 'mirror')).toThrow(OperatorError);
    const { origin, pathname } = new URL(address);
    await fetched({ address: `https://hub.example${pathname}`, mirror: origin });
    expect(fs.readFileSync(target)).toEqual(FILE);
  });
});
