import { Readable } from 'node:stream';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { sendBlob } from './send-blob.ts';

it('what lies on no disk of this machine is sent all the same', async () => {
  const app = fastify();
  const blob = { size: 4, stream: () => Readable.from([Buffer.from('fi'), Buffer.from('lm')]) };
  app.get('/', (_request, reply) => sendBlob(reply, blob, 'video/webm'));
  const { headers, body } = await app.inject({ url: '/' });
  expect(body).toBe('film');
  expect(headers).toMatchObject({ 'content-type': 'video/webm', 'content-length': '4' });
  await app.close();
});
