import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type Erased,
  MemoryChange,
  type MemoryList,
  PersonTokenRequest,
  type PersonTokenResponse,
} from '../../protocol/conversations.ts';
import { RequestError } from '../../protocol/errors.ts';
import type { Memory } from '../../protocol/memory.ts';
import type { ServerConfig } from '../config/schema.ts';
import { memoriesOf } from '../store/memories.ts';
import type { ApiDeps } from './deps.ts';
import type { Readers } from './readers.ts';
import { parse } from './request.ts';

const Id = z.uuid();
const PersonQuery = z.strictObject({ person: z.string().min(1).max(128).optional() });

const nothingThere = () => new RequestError('not-found', 'Nothing of this is remembered of you.');

/** What is remembered of a person: theirs to see, correct, take along and erase. */
export function memoryRoutes(
  app: FastifyInstance,
  config: ServerConfig,
  readers: Readers,
  { tokens, portraits }: ApiDeps,
): void {
  const list = async (person: string): Promise<MemoryList> => ({
    memories: await readers.read(db => memoriesOf(db, person)),
  });

  app.post('/api/person/token', async (request): Promise<PersonTokenResponse> => {
    if (!config.auth.openRooms)
      throw new RequestError('forbidden', 'Rooms of this server are by invitation only: ask where you were invited.');
    readers.allow(request);
    const { personKey } = parse(PersonTokenRequest, request.body, 'body');
    return tokens.issueForPerson(personKey);
  });

  app.get('/api/memories', async (request, reply): Promise<MemoryList> => {
    const person = await readers.admitPerson(request);
    reply.header('Cache-Control', 'no-store');
    return list(person);
  });

  app.get('/api/memories/export', async (request, reply) => {
    const person = await readers.admitPerson(request);
    return reply
      .header('Cache-Control', 'no-store')
      .header('Content-Disposition', 'attachment; filename="memories.json"')
      .type('application/json')
      .send(`${JSON.stringify(await list(person), null, 2)}\n`);
  });

  app.patch<{ Params: { id: string } }>('/api/memories/:id', async (request): Promise<Memory> => {
    const person = await readers.admitPerson(request);
    const change = parse(MemoryChange, request.body, 'body');
    const { id } = request.params;
    if (!Id.safeParse(id).success) throw nothingThere();
    const changed = await readers.change(kept => kept.memories.correct(person, id, change));
    if (changed === undefined) throw nothingThere();
    return changed;
  });

  app.delete<{ Params: { id: string } }>('/api/memories/:id', async (request, reply) => {
    const person = await readers.admitPerson(request);
    const { id } = request.params;
    if (!Id.safeParse(id).success || (await readers.change(kept => kept.memories.forget(person, id))) === 0)
      throw nothingThere();
    return reply.status(204).send();
  });

  app.delete('/api/memories', async (request, reply) => {
    const person = await readers.admitPerson(request);
    await readers.change(kept => kept.memories.forget(person));
    return reply.status(204).send();
  });

  app.delete('/api/person', async (request): Promise<Erased> => {
    const reader = await readers.admit(request);
    const { person = reader.person } = parse(PersonQuery, request.query, 'query');
    if (person === undefined)
      throw new RequestError(
        'bad-request',
        'Say who is to be forgotten: ?person=…, or a token with the attribute "person".',
      );
    const everywhere = reader.removes !== false && reader.removes.room === undefined;
    if (person !== reader.person && !everywhere)
      throw new RequestError(
        'forbidden',
        'This token does not erase other people: that needs the grants "roomList" and "roomAdmin", for all rooms.',
      );
    return readers.change(kept =>
      kept.erase(person, async ids => {
        for (const id of ids) await portraits.store.erase(id);
      }),
    );
  });
}
