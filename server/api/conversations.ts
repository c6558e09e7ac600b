import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type Conversation,
  type ConversationList,
  ConversationQuery,
  ExportFormat,
  type TraceList,
} from '../../protocol/conversations.ts';
import { RequestError } from '../../protocol/errors.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { Reader } from '../auth/tokens.ts';
import { listConversations, maySee, readConversation, readTraces } from '../store/conversations.ts';
import { exported } from './exports.ts';
import type { Readers } from './readers.ts';
import { parse } from './request.ts';

const Id = z.uuid();
const ExportQuery = z.object({ format: ExportFormat.default('json') });

const nothingThere = () => new RequestError('not-found', 'There is no such conversation, or it is not yours to read.');
/** How people felt is for themselves, and for who may delete everything, too: an operator who was given that on purpose. */
const sightOf = ({ readAll, removes, person }: Reader) => ({
  all: readAll,
  you: person,
  feelings: removes !== false && removes.room === undefined,
});

/** What was said: list, search, read, export, delete. */
export function conversationRoutes(app: FastifyInstance, readers: Readers): void {
  const read = async (reader: Reader, id: string): Promise<Conversation> => {
    if (!Id.safeParse(id).success) throw nothingThere();
    const found = await readers.read(db => readConversation(db, id, sightOf(reader)));
    if (found === undefined) throw nothingThere();
    return found;
  };

  const traces = async (reader: Reader, id: string, turnId?: string): Promise<TurnTrace[]> => {
    if (!Id.safeParse(id).success) throw nothingThere();
    const found = await readers.read(async db =>
      (await maySee(db, id, sightOf(reader))) ? readTraces(db, id, sightOf(reader), turnId) : undefined,
    );
    if (found === undefined) throw nothingThere();
    return found;
  };

  app.get('/api/conversations', async (request, reply): Promise<ConversationList> => {
    const reader = await readers.admit(request);
    const asked = parse(ConversationQuery, request.query, 'query');
    const page = await readers.read(db => listConversations(db, asked, sightOf(reader)));
    reply.header('Cache-Control', 'no-store');
    return {
      ...page,
      may: { readAll: reader.readAll, remove: reader.removes !== false || reader.person !== undefined },
    };
  });

  app.get<{ Params: { id: string } }>('/api/conversations/:id', async (request, reply): Promise<Conversation> => {
    const reader = await readers.admit(request);
    reply.header('Cache-Control', 'no-store');
    return read(reader, request.params.id);
  });

  app.get<{ Params: { id: string } }>('/api/conversations/:id/turns', async (request, reply): Promise<TraceList> => {
    const reader = await readers.admit(request);
    reply.header('Cache-Control', 'no-store');
    return { turns: await traces(reader, request.params.id) };
  });

  app.get<{ Params: { id: string; turnId: string } }>(
    '/api/conversations/:id/turns/:turnId/trace',
    async (request, reply): Promise<TurnTrace> => {
      const reader = await readers.admit(request);
      const { id, turnId } = request.params;
      const [trace] = await traces(reader, id, turnId);
      if (trace === undefined)
        throw new RequestError('not-found', 'Of this turn it is not known where its time went, or it is not yours.');
      reply.header('Cache-Control', 'no-store');
      return trace;
    },
  );

  app.get<{ Params: { id: string } }>('/api/conversations/:id/export', async (request, reply) => {
    const reader = await readers.admit(request);
    const { format } = parse(ExportQuery, request.query, 'query');
    const conversation = await read(reader, request.params.id);
    const { body, type, extension } = exported(conversation, format);
    const day = conversation.startedAt.slice(0, 10);
    return reply
      .header('Cache-Control', 'no-store')
      .header(
        'Content-Disposition',
        `attachment; filename="conversation-${day}-${conversation.id.slice(0, 8)}.${extension}"`,
      )
      .type(type)
      .send(body);
  });

  app.delete<{ Params: { id: string } }>('/api/conversations/:id', async (request, reply) => {
    const reader = await readers.admit(request);
    const { id, room, participants } = await read(reader, request.params.id);
    const { removes, person } = reader;
    if (removes !== false && (removes.room === undefined || removes.room === room))
      await readers.change(kept => kept.remove(id));
    else if (person !== undefined && participants.some(({ you }) => you))
      await readers.change(kept => kept.withdraw(id, person));
    else
      throw new RequestError(
        'forbidden',
        'This token reads this conversation, but does not delete it: that needs the grant "roomAdmin" (for all rooms, or for this one).',
      );
    return reply.status(204).send();
  });
}
