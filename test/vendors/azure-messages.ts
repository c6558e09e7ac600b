/** Azure's messages as its service writes and reads them. */
import type { IncomingMessage } from 'node:http';

/** What a connection may say of itself in its address instead of in headers, as browsers have to. */
const IDENTITY = ['ocp-apim-subscription-key', 'x-connectionid', 'connectionid'];

/** What is wrong with a connection's address; undefined: nothing. */
export function wrongAddress(request: IncomingMessage, paths: readonly string[], query: readonly string[]) {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const asked = [...searchParams.keys()].map(key => key.toLowerCase());
  const unknown = asked.filter(key => !query.includes(key) && !IDENTITY.includes(key));
  const known = asked.includes('x-connectionid') || request.headers['x-connectionid'] !== undefined;
  return !paths.includes(pathname) || unknown.length > 0 || !known ? `${request.url}` : undefined;
}

export interface ServiceMessage {
  path: string;
  requestId: string;
  type: string | undefined;
  body: Buffer;
}

const HEADERS = ['path', 'x-requestid', 'x-timestamp', 'content-type', 'x-streamid'];

/** Throws for what it could not read, and for headers that it does not know. */
export function readClient(data: Buffer, isBinary: boolean): ServiceMessage {
  const [start, end] = isBinary ? [2, 2 + data.readUInt16BE(0)] : [0, data.indexOf('\r\n\r\n') + 2];
  if (end < 2 || end > data.length) throw new Error('a message without its headers');
  const lines = data.toString('latin1', start, end).split('\r\n').filter(Boolean);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || !HEADERS.includes(name)) throw new Error(`an unknown header: ${line}`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  const [path = '', requestId = ''] = [headers.get('path'), headers.get('x-requestid')];
  if (!/^[0-9a-f]{32}$/i.test(requestId)) throw new Error(`${path} of no request`);
  if (Number.isNaN(Date.parse(headers.get('x-timestamp') ?? ''))) throw new Error(`${path} of no time`);
  return { path, requestId, type: headers.get('content-type'), body: data.subarray(isBinary ? end : end + 2) };
}

export const textOf = (path: string, requestId: string, body: object): string =>
  `X-RequestId:${requestId}\r\nContent-Type:application/json; charset=utf-8\r\nPath:${path}\r\n\r\n${JSON.stringify(body)}`;

export function binaryOf(path: string, requestId: string, body: Buffer, streamId: string): Buffer {
  const headers = Buffer.from(
    `X-RequestId:${requestId}\r\nContent-Type:audio/x-wav\r\nX-StreamId:${streamId}\r\nPath:${path}\r\n`,
  );
  const length = Buffer.alloc(2);
  length.writeUInt16BE(headers.length);
  return Buffer.concat([length, headers, body]);
}
