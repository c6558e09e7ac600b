import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  Erased,
  MemoryChange,
  MemoryList,
  PersonTokenRequest,
  PersonTokenResponse,
} from '../../protocol/conversations.ts';
import { RequestError } from '../../protocol/errors.ts';
import { Memory } from '../../protocol/memory.ts';
import type { Settings } from '../../settings/settings.ts';
import { memoriesOf } from '../store/memories.ts';
import type { ApiDeps } from './deps.ts';
import type { Readers } from './readers.ts';

const One = z.object({ id: z.uuid() });

const nothingThere = () => new RequestError('not-found', 'Nothing of this is remembered of you.');

/** What is remembered of a person: theirs to see, correct, take along and erase. */
export function memoryRoutes(
  app: FastifyInstance,
  config: Settings,
  readers: Readers,
  { routes, tokens, portraits, ownVoices }: ApiDeps,
): void {
  const list = async (person: string): Promise<MemoryList> => ({
    memories: await readers.read(db => memoriesOf(db, person)),
  });

  routes.add(app, {
    method: 'post',
    path: '/api/person/token',
    tag: 'Joining',
    summary: 'A token for what is kept of oneself',
    description:
      'It opens no room. Only where rooms are open; elsewhere whoever invites makes it (attribute `person`).',
    admission: 'nothing',
    admit(request) {
      if (!config.auth.openRooms)
        throw new RequestError('forbidden', 'Rooms of this server are by invitation only: ask where you were invited.');
      readers.allow(request);
    },
    body: PersonTokenRequest,
    answer: { status: 200, schema: PersonTokenResponse },
    handle: ({ body }) => tokens.issueForPerson(body.personKey),
  });

  const forPerson = {
    tag: 'Memory',
    admission: 'person',
    admit: (request: FastifyRequest) => readers.admitPerson(request),
    absent: nothingThere,
  } as const;

  routes.add(app, {
    ...forPerson,
    method: 'get',
    path: '/api/memories',
    summary: 'What is remembered of oneself',
    answer: { status: 200, schema: MemoryList },
    handle({ who }, _request, reply) {
      reply.header('Cache-Control', 'no-store');
      return list(who);
    },
  });

  routes.add(app, {
    ...forPerson,
    method: 'get',
    path: '/api/memories/export',
    summary: 'The same as a file',
    answer: { status: 200, schema: MemoryList },
    async handle({ who }, _request, reply) {
      return reply
        .header('Cache-Control', 'no-store')
        .header('Content-Disposition', 'attachment; filename="memories.json"')
        .type('application/json')
        .send(`${JSON.stringify(await list(who), null, 2)}\n`);
    },
  });

  routes.add(app, {
    ...forPerson,
    method: 'patch',
    path: '/api/memories/{id}',
    summary: 'Corrects one',
    parameters: One,
    body: MemoryChange,
    answer: { status: 200, schema: Memory },
    async handle({ who, params, body }) {
      const changed = await readers.change(kept => kept.memories.correct(who, params.id, body));
      if (changed === undefined) throw nothingThere();
      return changed;
    },
  });

  routes.add(app, {
    ...forPerson,
    method: 'delete',
    path: '/api/memories/{id}',
    summary: 'Forgets one',
    parameters: One,
    answer: { status: 204 },
    async handle({ who, params }) {
      if ((await readers.change(kept => kept.memories.forget(who, params.id))) === 0) throw nothingThere();
    },
  });

  routes.add(app, {
    ...forPerson,
    method: 'delete',
    path: '/api/memories',
    summary: 'Forgets them all',
    answer: { status: 204 },
    async handle({ who }) {
      await readers.change(kept => kept.memories.forget(who));
    },
  });

  routes.add(app, {
    method: 'delete',
    path: '/api/person',
    tag: 'Memory',
    summary: 'Erases everything of a person',
    description:
      'Conversations, memories and portraits. Another person than the token’s own: with the grants `roomList` and `roomAdmin` for all rooms.',
    admission: 'person',
    admit: request => readers.admit(request),
    query: z.strictObject({ person: z.string().min(1).max(128).optional() }),
    answer: { status: 200, schema: Erased },
    handle({ who, query: { person = who.person } }) {
      if (person === undefined)
        throw new RequestError(
          'bad-request',
          'Say who is to be forgotten: ?person=…, or a token with the attribute "person".',
        );
      const everywhere = who.removes !== false && who.removes.room === undefined;
      if (person !== who.person && !everywhere)
        throw new RequestError(
          'forbidden',
          'This token does not erase other people: that needs the grants "roomList" and "roomAdmin", for all rooms.',
        );
      return readers.change(kept =>
        kept.erase(person, async ids => {
          for (const id of ids) await portraits.store.erase(id);
          void ownVoices.sweep();
        }),
      );
    },
  });
}
