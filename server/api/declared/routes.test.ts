import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RequestError } from '../../../protocol/errors.ts';
import { Routes } from './routes.ts';

let app: FastifyInstance;
let routes: Routes;
let answer: unknown;
let asked: unknown;

const common = { method: 'post', tag: 'Joining', summary: 'x', admission: 'read' } as const;
const admit = ({ headers }: { headers: Record<string, unknown> }) => {
  if (headers.authorization === undefined) throw new RequestError('unauthorized', 'who are you?');
  return 'ann';
};

beforeEach(() => {
  app = fastify();
  app.setErrorHandler((error: Error, _request, reply) =>
    reply.status(error instanceof RequestError ? 400 : 500).send(error.message),
  );
  routes = new Routes();
  answer = { id: 7, text: 'hello' };
  routes.add(app, {
    ...common,
    path: '/things/{kind}',
    admit,
    parameters: z.object({ kind: z.enum(['red', 'blue']) }),
    query: z.object({ count: z.coerce.number().default(3) }),
    body: z.strictObject({ name: z.string().trim() }),
    answer: { status: 201, schema: z.object({ id: z.number(), text: z.string() }) },
    handle: all => {
      asked = all;
      return answer as never;
    },
  });
  routes.add(app, {
    ...common,
    tag: 'Watching',
    path: '/nothing/{id}',
    parameters: z.object({ id: z.uuid() }),
    query: z.object({ count: z.coerce.number().optional() }),
    absent: () => new RequestError('not-found', 'there is none'),
    answer: { status: 204 },
    handle: () => undefined,
  });
});
afterEach(() => app.close());

const post = (url: string, payload: object | undefined = { name: ' Ann ' }, authorization: string | undefined = 'me') =>
  app.inject({ method: 'POST', url, payload, headers: { ...(authorization !== '' && { authorization }) } });

describe('a route', () => {
  it('is handed what its schemas make of a request, and who was admitted', async () => {
    const { statusCode, body } = await post('/things/red');
    expect([statusCode, JSON.parse(body)]).toEqual([201, { id: 7, text: 'hello' }]);
    expect(asked).toEqual({ who: 'ann', params: { kind: 'red' }, query: { count: 3 }, body: { name: 'Ann' } });
  });

  it('[S1] tells nothing about a request to who is not admitted', async () => {
    expect((await post('/things/green?count=x', {}, '')).body).toBe('who are you?');
  });

  it.each([
    ['/things/green', { name: 'x' }, 'kind: '],
    ['/things/red?count=x', { name: 'x' }, 'query.count: '],
    ['/things/red', { name: 7 }, 'body.name: '],
    ['/things/red', { name: 'x', more: 1 }, 'body: '],
  ])('refuses what does not fit, naming the part: %s %j', async (url, body, part) => {
    const refused = await post(url, body);
    expect([refused.statusCode, refused.body.slice(0, part.length)]).toEqual([400, part]);
  });

  it('says that nothing is there where the path names what cannot be', async () => {
    expect((await post('/nothing/x')).body).toBe('there is none');
    expect((await post('/nothing/x?count=x')).body).toMatch(/^query.count: /);
    const found = await post('/nothing/5f0c1e9e-3f4b-4c7e-9d55-0d8f6a1b2c3d');
    expect([found.statusCode, found.body]).toEqual([204, '']);
  });

  it('lets nothing leave that is not declared', async () => {
    answer = { id: 7, text: 'hello', secret: 'x' };
    expect((await post('/things/red')).json()).toEqual({ id: 7, text: 'hello' });
  });

  it('is listed as it is declared, by tag', () => {
    expect(routes.all.map(({ path }) => path)).toEqual(['/things/{kind}', '/nothing/{id}']);
  });
});
