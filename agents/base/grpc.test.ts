import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderError } from './errors.ts';
import { GrpcConnection } from './grpc.ts';

let server: http2.Http2Server;
let sessions: http2.ServerHttp2Session[];
let serve: (stream: http2.ServerHttp2Stream) => void;
let connection: GrpcConnection;
beforeEach(async () => {
  server = http2.createServer();
  sessions = [];
  server.on('session', session => sessions.push(session));
  server.on('stream', stream => serve(stream));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  connection = await GrpcConnection.open(`http://127.0.0.1:${port}`, new AbortController().signal);
});
afterEach(async () => {
  connection.close();
  for (const session of sessions) session.destroy();
  server.close();
  await once(server, 'close');
});

/** Asks, and waits for the end. */
const ask = () =>
  new Promise<{ told: string[]; error: ProviderError | undefined }>(resolve => {
    const told: string[] = [];
    const message = (bytes: Buffer) => told.push(String(bytes));
    const stream = connection.stream('/a.B/C', { 'x-more': '1' }, { message, over: error => resolve({ told, error }) });
    stream.send(Buffer.from('hello'));
    stream.end();
  });
/** Answers with these bytes, one at a time, and ends with these trailers. */
const answering = (bytes: Buffer, trailers: Record<string, string>) => (stream: http2.ServerHttp2Stream) => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  for (const byte of bytes) stream.write(Buffer.from([byte]));
  stream.end();
};
const framed = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)]);

describe('a stream of gRPC', () => {
  it('is told messages that come in pieces, and its end', async () => {
    serve = answering(Buffer.concat([framed('one'), framed(''), framed('three')]), { 'grpc-status': '0' });
    expect(await ask()).toEqual({ told: ['one', '', 'three'], error: undefined });
  });

  it.each([
    ['3', 'bad-input', false],
    ['5', 'model', false],
    ['7', 'auth', false],
    ['8', 'quota', true],
    ['14', 'network', true],
    ['16', 'auth', false],
  ])('tells what went wrong: status %s', async (status, category, retryable) => {
    serve = answering(Buffer.alloc(0), { 'grpc-status': status });
    expect((await ask()).error).toMatchObject({ name: 'ProviderError', category, retryable });
    // Some say it at once.
    serve = stream => stream.respond({ ':status': 200, 'grpc-status': status }, { endStream: true });
    expect((await ask()).error).toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it.each([
    [401, 'auth', false],
    [429, 'quota', true],
    [502, 'network', true],
  ])('tells what went wrong on the way: %i', async (status, category, retryable) => {
    serve = stream => stream.respond({ ':status': status }, { endStream: true });
    expect((await ask()).error).toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it.each([
    ['is compressed', Buffer.from([1, 0, 0, 0, 1, 65])],
    ['is too long', Buffer.from([0, 127, 0, 0, 0, 65])],
  ])('takes nothing that %s', async (_, bytes) => {
    serve = answering(bytes, { 'grpc-status': '0' });
    expect((await ask()).error).toMatchObject({ category: 'internal' });
  });

  it('fails with a connection that ends, and says so where it has ended already', async () => {
    serve = () => sessions[0]!.destroy();
    expect((await ask()).error).toMatchObject({ category: 'network', retryable: true });
    expect(await connection.over).toMatchObject({ category: 'network', retryable: true });
    expect((await ask()).error).toMatchObject({ category: 'network', retryable: true });
  });

  it('is not begun where nobody answers, nor where it was called off', async () => {
    const { port } = server.address() as AddressInfo;
    const open = (to: number, signal: AbortSignal) => GrpcConnection.open(`http://127.0.0.1:${to}`, signal);
    await expect(open(1, new AbortController().signal)).rejects.toMatchObject({ category: 'network' });
    const reason = new Error('called off');
    await expect(open(port, AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const opening = open(port, stop.signal);
    stop.abort(reason);
    await expect(opening).rejects.toBe(reason);
  });
});
