/** Every route of the API, described from the schemas that check it. `openapi.ts` makes the document of it. */
import { z } from 'zod';
import {
  Conversation,
  ConversationList,
  ConversationQuery,
  Erased,
  ExportFormat,
  MemoryChange,
  MemoryList,
  PersonTokenRequest,
  PersonTokenResponse,
  TraceList,
} from '../../../protocol/conversations.ts';
import { Memory } from '../../../protocol/memory.ts';
import { AvatarList, PortraitMade, PortraitsReady, PortraitWords } from '../../../protocol/portraits.ts';
import { Health, MetricsSummary, PersonaList, TokenRequest, TokenResponse } from '../../../protocol/rest.ts';
import { RoomName } from '../../../protocol/text.ts';
import { TurnTrace } from '../../../protocol/trace.ts';

/** What a request must bring along. */
export type Admission = 'nothing' | 'join' | 'read' | 'person' | 'owner' | 'metrics';

export interface Described {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** As in an OpenAPI document: `/api/rooms/{room}/token`. */
  path: string;
  tag: 'Joining' | 'Avatars' | 'Conversations' | 'Memory' | 'Watching';
  summary: string;
  description?: string;
  admission: Admission;
  parameters?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType | { media: string[] };
  answer: { status: 200 | 201 | 204; schema?: z.ZodType; media?: string[] };
}

const conversation = z.object({ id: z.uuid() });
const memory = z.object({ id: z.uuid() });
const avatar = z.object({ id: z.string() });

export const ROUTES: readonly Described[] = [
  {
    method: 'post',
    path: '/api/rooms/{room}/token',
    tag: 'Joining',
    summary: 'A token for an open room',
    description:
      'Only where rooms are open. With `personKey` the person is known again from call to call; `remember` and `resume` need it.',
    admission: 'nothing',
    parameters: z.object({ room: RoomName }),
    body: TokenRequest,
    answer: { status: 200, schema: TokenResponse },
  },
  {
    method: 'post',
    path: '/api/person/token',
    tag: 'Joining',
    summary: 'A token for what is kept of oneself',
    description:
      'It opens no room. Only where rooms are open; elsewhere whoever invites makes it (attribute `person`).',
    admission: 'nothing',
    body: PersonTokenRequest,
    answer: { status: 200, schema: PersonTokenResponse },
  },
  {
    method: 'get',
    path: '/api/personas',
    tag: 'Joining',
    summary: 'Who one may talk with',
    admission: 'nothing',
    answer: { status: 200, schema: PersonaList },
  },
  {
    method: 'get',
    path: '/api/avatars',
    tag: 'Avatars',
    summary: 'How the avatar may look',
    admission: 'nothing',
    query: z.object({ portraits: z.string().optional().describe('Ids of one’s own portraits, separated by commas.') }),
    answer: { status: 200, schema: AvatarList },
  },
  {
    method: 'get',
    path: '/api/avatars/{id}/thumbnail.webp',
    tag: 'Avatars',
    summary: 'A picture of it',
    admission: 'nothing',
    parameters: avatar,
    answer: { status: 200, media: ['image/webp'] },
  },
  {
    method: 'get',
    path: '/api/avatars/{id}/preview.webm',
    tag: 'Avatars',
    summary: 'A film of it, speaking',
    admission: 'nothing',
    parameters: avatar,
    answer: { status: 200, media: ['video/webm'] },
  },
  {
    method: 'post',
    path: '/api/portraits/warm',
    tag: 'Avatars',
    summary: 'Gets ready to make portraits',
    admission: 'join',
    answer: { status: 200, schema: PortraitsReady },
  },
  {
    method: 'post',
    path: '/api/portraits',
    tag: 'Avatars',
    summary: 'Makes an avatar of a picture',
    admission: 'join',
    query: z.object({ name: z.string().optional() }),
    body: { media: ['image/jpeg', 'image/png', 'image/webp'] },
    answer: { status: 201, schema: PortraitMade },
  },
  {
    method: 'post',
    path: '/api/portraits/generate',
    tag: 'Avatars',
    summary: 'Makes an avatar of a description',
    admission: 'join',
    body: PortraitWords,
    answer: { status: 201, schema: PortraitMade },
  },
  {
    method: 'delete',
    path: '/api/portraits/{id}',
    tag: 'Avatars',
    summary: 'Removes a portrait',
    admission: 'owner',
    parameters: avatar,
    answer: { status: 204 },
  },
  {
    method: 'get',
    path: '/api/conversations',
    tag: 'Conversations',
    summary: 'Lists and searches, newest first',
    description:
      'With the grant `roomList` everybody’s, else those in which the token’s `person` took part. `query`: words that all occur in one message. The next page: `cursor` is `next` of this one.',
    admission: 'read',
    query: ConversationQuery,
    answer: { status: 200, schema: ConversationList },
  },
  {
    method: 'get',
    path: '/api/conversations/{id}',
    tag: 'Conversations',
    summary: 'Everything said in one',
    description:
      'How somebody felt (`feeling`) is told to themselves, and with the grants `roomList` and `roomAdmin` for all rooms; else it is null.',
    admission: 'read',
    parameters: conversation,
    answer: { status: 200, schema: Conversation },
  },
  {
    method: 'get',
    path: '/api/conversations/{id}/turns',
    tag: 'Conversations',
    summary: 'Where the time of each turn went',
    description: 'Oldest first. Times count from the end of the person’s speech. `npm run trace` prints it.',
    admission: 'read',
    parameters: conversation,
    answer: { status: 200, schema: TraceList },
  },
  {
    method: 'get',
    path: '/api/conversations/{id}/turns/{turnId}/trace',
    tag: 'Conversations',
    summary: 'The same of one turn',
    admission: 'read',
    parameters: conversation.extend({ turnId: z.string() }),
    answer: { status: 200, schema: TurnTrace },
  },
  {
    method: 'get',
    path: '/api/conversations/{id}/export',
    tag: 'Conversations',
    summary: 'The same as a file',
    description: 'WebVTT has its times counted from the beginning of the conversation.',
    admission: 'read',
    parameters: conversation,
    query: z.object({ format: ExportFormat.default('json') }),
    answer: { status: 200, schema: Conversation, media: ['application/json', 'text/markdown', 'text/vtt'] },
  },
  {
    method: 'delete',
    path: '/api/conversations/{id}',
    tag: 'Conversations',
    summary: 'Deletes one',
    description:
      'With the grants `roomList` and `roomAdmin` for everybody. With `person`: all of it where nobody else took part, known or not; else one’s own words, the answers to them, and that one was there.',
    admission: 'read',
    parameters: conversation,
    answer: { status: 204 },
  },
  {
    method: 'get',
    path: '/api/memories',
    tag: 'Memory',
    summary: 'What is remembered of oneself',
    admission: 'person',
    answer: { status: 200, schema: MemoryList },
  },
  {
    method: 'get',
    path: '/api/memories/export',
    tag: 'Memory',
    summary: 'The same as a file',
    admission: 'person',
    answer: { status: 200, schema: MemoryList },
  },
  {
    method: 'patch',
    path: '/api/memories/{id}',
    tag: 'Memory',
    summary: 'Corrects one',
    admission: 'person',
    parameters: memory,
    body: MemoryChange,
    answer: { status: 200, schema: Memory },
  },
  {
    method: 'delete',
    path: '/api/memories/{id}',
    tag: 'Memory',
    summary: 'Forgets one',
    admission: 'person',
    parameters: memory,
    answer: { status: 204 },
  },
  {
    method: 'delete',
    path: '/api/memories',
    tag: 'Memory',
    summary: 'Forgets them all',
    admission: 'person',
    answer: { status: 204 },
  },
  {
    method: 'delete',
    path: '/api/person',
    tag: 'Memory',
    summary: 'Erases everything of a person',
    description:
      'Conversations, memories and portraits. Another person than the token’s own: with the grants `roomList` and `roomAdmin` for all rooms.',
    admission: 'person',
    query: z.object({ person: z.string().optional() }),
    answer: { status: 200, schema: Erased },
  },
  {
    method: 'get',
    path: '/health',
    tag: 'Watching',
    summary: 'Whether a call could be held now',
    description: '503 with the same body where it could not.',
    admission: 'nothing',
    answer: { status: 200, schema: Health },
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'Watching',
    summary: 'Figures for Prometheus',
    description: 'With `Accept: application/json` the few that people ask for first.',
    admission: 'metrics',
    answer: { status: 200, schema: MetricsSummary, media: ['text/plain', 'application/json'] },
  },
];
