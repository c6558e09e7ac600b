import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  Conversation,
  ConversationList,
  ConversationQuery,
  ExportFormat,
  TraceList,
} from '../../protocol/conversations.ts';
import { RequestError } from '../../protocol/errors.ts';
import { TurnTrace } from '../../protocol/trace.ts';
import type { Reader } from '../auth/tokens.ts';
import { listConversations, maySee, readConversation, readTraces } from '../store/conversations.ts';
import type { Routes } from './declared/routes.ts';
import { exported } from './exports.ts';
import type { Readers } from './readers.ts';

const One = z.object({ id: z.uuid() });

const nothingThere = () => new RequestError('not-found', 'There is no such conversation, or it is not yours to read.');
/** How people felt is for themselves, and for who may delete everything, too: an operator who was given that on purpose. */
const scopeOf = ({ readAll, removes, person }: Reader) => ({
  all: readAll,
  you: person,
  feelings: removes !== false && removes.room === undefined,
});

/** What was said: list, search, read, export, delete. */
export function conversationRoutes(app: FastifyInstance, routes: Routes, readers: Readers): void {
  const read = async (reader: Reader, id: string): Promise<Conversation> => {
    const found = await readers.read(db => readConversation(db, id, scopeOf(reader)));
    if (found === undefined) throw nothingThere();
    return found;
  };

  const traces = async (reader: Reader, id: string, turnId?: string): Promise<TurnTrace[]> => {
    const found = await readers.read(async db =>
      (await maySee(db, id, scopeOf(reader))) ? readTraces(db, id, scopeOf(reader), turnId) : undefined,
    );
    if (found === undefined) throw nothingThere();
    return found;
  };

  const forReaders = {
    tag: 'Conversations',
    admission: 'read',
    admit: (request: FastifyRequest) => readers.admit(request),
    absent: nothingThere,
  } as const;

  routes.add(app, {
    ...forReaders,
    method: 'get',
    path: '/api/conversations',
    summary: 'Lists and searches, newest first',
    description:
      'With the grant `roomList` everybody’s, else those in which the token’s `person` took part. `query`: words that all occur in one message. The next page: `cursor` is `next` of this one.',
    query: ConversationQuery,
    answer: { status: 200, schema: ConversationList },
    async handle({ who, query }, _request, reply) {
      const page = await readers.read(db => listConversations(db, query, scopeOf(who)));
      reply.header('Cache-Control', 'no-store');
      return { ...page, may: { readAll: who.readAll, remove: who.removes !== false || who.person !== undefined } };
    },
  });

  routes.add(app, {
    ...forReaders,
    method: 'get',
    path: '/api/conversations/{id}',
    summary: 'Everything said in one',
    description:
      'How somebody felt (`feeling`) is told to themselves, and with the grants `roomList` and `roomAdmin` for all rooms; else it is null.',
    parameters: One,
    answer: { status: 200, schema: Conversation },
    handle({ who, params }, _request, reply) {
      reply.header('Cache-Control', 'no-store');
      return read(who, params.id);
    },
  });

  routes.add(app, {
    ...forReaders,
    method: 'get',
    path: '/api/conversations/{id}/turns',
    summary: 'Where the time of each turn went',
    description: 'Oldest first. Times count from the end of the person’s speech. `npm run trace` prints it.',
    parameters: One,
    answer: { status: 200, schema: TraceList },
    async handle({ who, params }, _request, reply) {
      reply.header('Cache-Control', 'no-store');
      return { turns: await traces(who, params.id) };
    },
  });

  routes.add(app, {
    ...forReaders,
    method: 'get',
    path: '/api/conversations/{id}/turns/{turnId}/trace',
    summary: 'The same of one turn',
    parameters: One.extend({ turnId: z.string() }),
    answer: { status: 200, schema: TurnTrace },
    async handle({ who, params }, _request, reply) {
      const [trace] = await traces(who, params.id, params.turnId);
      if (trace === undefined)
        throw new RequestError('not-found', 'Of this turn it is not known where its time went, or it is not yours.');
      reply.header('Cache-Control', 'no-store');
      return trace;
    },
  });

  routes.add(app, {
    ...forReaders,
    method: 'get',
    path: '/api/conversations/{id}/export',
    summary: 'The same as a file',
    description: 'WebVTT has its times counted from the beginning of the conversation.',
    parameters: One,
    query: z.object({ format: ExportFormat.default('json') }),
    answer: { status: 200, schema: Conversation, media: ['application/json', 'text/markdown', 'text/vtt'] },
    async handle({ who, params, query }, _request, reply) {
      const conversation = await read(who, params.id);
      const { body, type, extension } = exported(conversation, query.format);
      const day = conversation.startedAt.slice(0, 10);
      return reply
        .header('Cache-Control', 'no-store')
        .header(
          'Content-Disposition',
          `attachment; filename="conversation-${day}-${conversation.id.slice(0, 8)}.${extension}"`,
        )
        .type(type)
        .send(body);
    },
  });

  routes.add(app, {
    ...forReaders,
    method: 'delete',
    path: '/api/conversations/{id}',
    summary: 'Deletes one',
    description:
      'With the grants `roomList` and `roomAdmin` for everybody. With `person`: all of it where nobody else took part, known or not; else one’s own words, the answers to them, and that one was there.',
    parameters: One,
    answer: { status: 204 },
    async handle({ who, params }) {
      const { id, room, participants } = await read(who, params.id);
      const { removes, person } = who;
      if (removes !== false && (removes.room === undefined || removes.room === room))
        await readers.change(kept => kept.remove(id));
      else if (person !== undefined && participants.some(({ you }) => you))
        await readers.change(kept => kept.withdraw(id, person));
      else
        throw new RequestError(
          'forbidden',
          'This token reads this conversation, but does not delete it: that needs the grant "roomAdmin" (for all rooms, or for this one).',
        );
    },
  });
}
