import { io, type Socket } from 'socket.io-client';
import type { Reply } from '../../protocol/errors.ts';
import { CLIENT_NAMESPACE, type RequestInput, type RequestName, type RequestOutput } from '../../protocol/signaling.ts';

/** Makes one request; rejects with the server's message. */
export async function request<N extends RequestName>(
  socket: Socket,
  name: N,
  input: RequestInput<N>,
): Promise<RequestOutput<N>> {
  const reply = (await socket.timeout(20_000).emitWithAck(name, input)) as Reply<RequestOutput<N>>;
  if (!reply.ok) throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
  return reply.data;
}

export const connectSocket = (url: string): Socket =>
  io(`${url}${CLIENT_NAMESPACE}`, { transports: ['websocket'], forceNew: true, reconnection: false });
