/** Attacks on every route of the API's document, and on uploads. */
import assert from 'node:assert/strict';
import { Agent, request as ask } from 'node:http';
import { createCanvas } from '@napi-rs/canvas';
import * as fc from 'fast-check';
import { AccessToken } from 'livekit-server-sdk';
import { z } from 'zod';
import { PortraitWireError } from '../../protocol/portraits.ts';
import type { Described } from '../../server/api/declared/routes.ts';
import { tokenFor } from '../harness/attacker.ts';
import type { System } from '../harness/system.ts';
import { asObject, attempt, type ByName, fitting, mutatedBytes, rubbish } from './arbitraries.ts';
import { mayBeShown, type Oracle } from './oracle.ts';
import { type Budget, fuzz } from './run.ts';

const BEARERS = ['none', 'join', 'reader', 'person', 'expired', 'unsigned', 'rubbish'] as const;
const PERSON = 'person-of-the-fuzzer';
const BY_NAME: ByName = {
  person: fc.constantFrom(PERSON, 'nobody', 'a\u0000b'),
  room: fc.constantFrom('red', 'blue'),
};

interface Attack {
  /** `get /health` */
  operation: string;
  parameters: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  bearer: (typeof BEARERS)[number];
  contentType: string;
  header: [string, string];
}

/** The database may sweep its files in between; past 10 s the server says so itself. */
const DATABASE_ANSWER_MS = 12_000;
/** A database that is slow is told of; one that fails at once is a fault. */
const SLOW_MS = 9000;

const nameOf = ({ method, path }: Described) => `${method} ${path}`;
const nothing = fc.constant({});
const object = (schema: z.ZodObject | undefined) =>
  schema === undefined ? nothing : attempt(fitting(schema, BY_NAME)).map(asObject);
const attack = (route: Described): fc.Arbitrary<Attack> =>
  fc.record({
    operation: fc.constant(nameOf(route)),
    parameters: object(route.parameters),
    query: fc.oneof(object(route.query), object(z.object({ cursor: z.string(), query: z.string() }))),
    body: route.body === undefined ? rubbish : attempt(fitting(route.body)),
    bearer: fc.constantFrom(...BEARERS),
    contentType: fc.oneof(
      { weight: 8, arbitrary: fc.constant('application/json') },
      { weight: 1, arbitrary: fc.constantFrom('text/plain', 'multipart/form-data; boundary=x', 'image/png', '', ';;') },
    ),
    header: fc.tuple(
      fc.constantFrom('x-forwarded-for', 'range', 'accept', 'if-none-match', 'origin', 'x-http-method-override'),
      fc.string({ maxLength: 60 }).map(text => text.replace(/[^\x20-\x7e]/g, '')),
    ),
  }) as fc.Arbitrary<Attack>;

/** @returns how many messages were sent */
export async function fuzzRest(system: System, oracle: Oracle, budget: Budget): Promise<number> {
  // Pictures are another attack's.
  const rest = system.routes.filter(({ path }) => !path.startsWith('/api/portraits') || path.includes('/own-voice'));
  const attacks = fc.array(fc.oneof(...rest.map(attack)), { minLength: 10, maxLength: 40 });
  const bearers = await bearersOf(system);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  // The embedded database takes a while to start, and whoever asks first waits for it.
  await fetch(`${system.url}/api/conversations`, { headers: { authorization: bearers.reader! } });
  let sent = 0;
  await fuzz(attacks, budget, async requests => {
    sent += requests.length;
    await Promise.all(
      requests.map(async ({ operation, parameters, query, body, bearer, contentType, header: [name, value] }) => {
        const route = rest.find(each => nameOf(each) === operation)!;
        const path = route.path.replace(/\{(\w+)\}/g, (_, key: string) => segment(parameters[key]));
        const search = new URLSearchParams(Object.entries(query).map(([key, each]) => [key, text(each)]));
        const answer = await send(system.url, agent, {
          method: route.method.toUpperCase(),
          path: `${path}?${search}`,
          headers: { authorization: bearers[bearer], 'content-type': contentType, [name]: value },
          ...(route.method !== 'get' && { body: Buffer.from(text(body)) }),
        });
        judge(operation, answer, oracle, route.path === '/health' ? [503] : []);
      }),
    );
    await oracle.unharmed();
  });
  agent.destroy();
  return sent;
}

const picture = (type: 'image/jpeg' | 'image/png' | 'image/webp') => {
  const canvas = createCanvas(96, 96);
  const context = canvas.getContext('2d');
  context.fillStyle = '#c58';
  context.fillRect(10, 20, 60, 50);
  return type === 'image/png' ? canvas.toBuffer(type) : canvas.toBuffer(type as 'image/jpeg', 80);
};
const MAGIC = [
  '\x89PNG\r\n\x1a\n',
  '\xff\xd8\xff\xe0',
  'RIFF\x10\0\0\0WEBPVP8 ',
  'GIF89a',
  '<svg xmlns=',
  'BM',
  '%PDF',
];
const uploads = fc.record({
  bytes: fc.oneof(
    {
      weight: 4,
      arbitrary: mutatedBytes(fc.constantFrom(...(['image/jpeg', 'image/png', 'image/webp'] as const).map(picture))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...MAGIC), fc.uint8Array({ maxLength: 400 }))
        .map(([magic, rest]) => Buffer.concat([Buffer.from(magic, 'latin1'), rest])),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes)) },
  ),
  name: fc.string({ unit: 'binary', maxLength: 80 }),
  contentType: fc.constantFrom('image/jpeg', 'image/png', 'image/webp', 'application/json', 'multipart/form-data', 'x'),
  bearer: fc.constantFrom<(typeof BEARERS)[number]>('join', 'join', 'join', 'rubbish'),
});

/** @returns how many messages were sent */
export async function fuzzUploads(system: System, oracle: Oracle, budget: Budget): Promise<number> {
  const bearers = await bearersOf(system);
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  let sent = 0;
  await fuzz(uploads, budget, async ({ bytes, name, contentType, bearer }) => {
    sent += 1;
    const answer = await send(system.url, agent, {
      method: 'POST',
      path: `/api/portraits?name=${encodeURIComponent(name.toWellFormed())}`,
      headers: { authorization: bearers[bearer], 'content-type': contentType },
      body: bytes,
    });
    judge('post /api/portraits', answer, oracle, []);
    await oracle.unharmed();
  });
  agent.destroy();
  return sent;
}

interface Answer {
  status: number;
  tookMs: number;
  type: string;
  text: string;
}

/** No fault of the server, a typed refusal, and nothing of the inside. */
function judge(
  what: string,
  { status, tookMs, type, text: body }: Answer,
  oracle: Oracle,
  also: readonly number[],
): void {
  mayBeShown(body, oracle.secrets);
  if (status < 400 || also.includes(status) || (status === 503 && tookMs > SLOW_MS)) return;
  assert(status < 500, `${what} was answered with ${status}: ${body.slice(0, 300)}`);
  assert.match(type, /^application\/json/);
  const { success } = PortraitWireError.safeParse((JSON.parse(body) as { error: unknown }).error);
  assert(success, `${what} was refused with ${status} and no typed error: ${body.slice(0, 300)}`);
}

const text = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed();
/** Some are sent as they are, as far as a line of HTTP can hold them. */
const segment = (value: unknown): string => {
  const raw = text(value ?? '');
  return raw.startsWith('%') ? raw.replace(/[^\x21-\x7e]/g, '') : encodeURIComponent(raw);
};

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  body?: Buffer;
}

function send(url: string, agent: Agent, { method, path, headers, body }: Sent): Promise<Answer> {
  const beganMs = performance.now();
  return new Promise((resolve, reject) => {
    // By itself Node gives a length only to methods that usually have a body.
    const length = body === undefined ? undefined : String(body.length);
    const given = Object.fromEntries(
      Object.entries({ ...headers, 'content-length': length }).filter(([, value]) => value !== undefined),
    );
    const request = ask(new URL(url), {
      agent,
      method,
      path,
      headers: given as Record<string, string>,
      timeout: DATABASE_ANSWER_MS,
    });
    request.on('timeout', () => request.destroy(new Error(`${method} ${path} was not answered`)));
    request.on('error', reject);
    request.on('response', response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          tookMs: performance.now() - beganMs,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(body);
  });
}

async function bearersOf(system: System): Promise<Record<(typeof BEARERS)[number], string | undefined>> {
  const { apiKey, apiSecret } = system.keys;
  const signed = async (attributes: Record<string, string>, grant = {}) => {
    const token = new AccessToken(apiKey, apiSecret, { identity: 'fuzzer', ttl: '2h', attributes });
    token.addGrant(grant);
    return `Bearer ${await token.toJwt()}`;
  };
  return {
    none: undefined,
    join: `Bearer ${await tokenFor(system, 'fuzzer', { room: 'red' }, { ttl: '2h' })}`,
    reader: await signed({}, { roomList: true, roomAdmin: true }),
    person: await signed({ person: PERSON }),
    expired: `Bearer ${await tokenFor(system, 'fuzzer', { room: 'red' }, { ttl: -60 })}`,
    unsigned: 'Bearer eyJhbGciOiJub25lIn0.e30.',
    rubbish: 'Bearer ',
  };
}
