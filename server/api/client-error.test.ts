import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { WireError } from '../../protocol/errors.ts';
import { refuseClientError } from './client-error.ts';

it.each([
  ['what is no HTTP', 'nonsense\r\n\r\n', 400],
  ['a length below nothing', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
])('%s is refused as everything is: typed', async (_, text, status) => {
  const app = fastify({ clientErrorHandler: refuseClientError });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text));
  let answer = '';
  socket.on('data', data => {
    answer += data;
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(WireError.parse(JSON.parse(body).error).code).toBe('bad-request');
  await app.close();
});
