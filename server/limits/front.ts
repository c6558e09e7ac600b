import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { RequestError } from '../../protocol/errors.ts';

/** A misdirected request (RFC 9110, 15.5.20). */
const MISDIRECTED = 421;

/** Told to who asks for a name that this server does not serve. */
export const misdirected = (): RequestError =>
  new RequestError(
    'misdirected',
    'This server does not serve the name in your address. Open it as localhost or by its address, or add the name to "hostnames" in its settings (VISAVIS_HOSTNAMES).',
  );
const REFUSAL = JSON.stringify({ error: misdirected().toWire() });

/** A message's body is here by then, … */
const BODY_MS = 15_000;
/** … but for pictures, which come over slow lines, too. */
const UPLOAD_MS = 90_000;
/** What is still to come of a message that has been answered. */
const REST_MS = 5000;
const UPLOADS = /^\/api\/portraits(?:[/?]|$)/;

export interface Front {
  /** Whether a Host header means this server. */
  isMeant(host: string | undefined): boolean;
  /** Sent with every answer, those of sockets included. */
  headers: Record<string, string>;
  refused(): void;
  /** A body took too long, and its connection was closed. */
  slow(): void;
}

/**
 * Stands before everything that listens on a server so far, pages and sockets alike: sees to headers, foreign
 * names and slow bodies first. Call it when all listeners are there.
 */
export function standBefore(server: Server, { isMeant, headers, refused, slow }: Front): void {
  const behind = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  const upgrades = server.listeners('upgrade') as ((request: IncomingMessage, socket: Duplex, head: Buffer) => void)[];
  server.removeAllListeners('request').removeAllListeners('upgrade');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isMeant(request.headers.host)) {
      limitBody(request, response, UPLOADS.test(request.url ?? '') ? UPLOAD_MS : BODY_MS, slow);
      for (const each of behind) each.call(server, request, response);
      return;
    }
    refused();
    response
      .writeHead(MISDIRECTED, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' })
      .end(REFUSAL);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isMeant(request.headers.host)) {
      for (const each of upgrades) each.call(server, request, socket, head);
      return;
    }
    refused();
    socket.on('error', () => {});
    socket.end(
      `HTTP/1.1 ${MISDIRECTED} ${STATUS_CODES[MISDIRECTED]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(REFUSAL)}\r\nConnection: close\r\n\r\n${REFUSAL}`,
    );
  });
}

function limitBody(request: IncomingMessage, response: ServerResponse, withinMs: number, slow: () => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) === 0) return;
  const tooLate = () => {
    if (request.complete) return;
    slow();
    request.destroy();
  };
  let timer = setTimeout(tooLate, withinMs).unref();
  const over = () => clearTimeout(timer);
  // Not when it is answered: what is still to come then is wanted by nobody, and waited for a moment only.
  request.once('end', over).once('close', over);
  response.once('finish', () => {
    if (request.complete) return;
    over();
    timer = setTimeout(tooLate, REST_MS).unref();
  });
}
