import type { Socket } from 'node:net';
import type { WireError } from '../../protocol/errors.ts';

const REFUSALS: Record<string, [status: string, message: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'This request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers of this request are too large.'],
};

/** Answers what is no HTTP, as everything is refused here; then the connection is of no use any more. */
export function refuseClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message] = REFUSALS[error.code ?? ''] ?? [
    '400 Bad Request',
    'This request is not HTTP as it should be.',
  ];
  const body = JSON.stringify({ error: { code: 'bad-request', message, retryable: false } satisfies WireError });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  socket.destroy(error);
}
