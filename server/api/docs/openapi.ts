import { z } from 'zod';
import {
  Conversation,
  ConversationList,
  ConversationSummary,
  Erased,
  MemoryList,
  Message,
  Participant,
  PersonaInUse,
  TraceList,
} from '../../../protocol/conversations.ts';
import { WireError } from '../../../protocol/errors.ts';
import { Feeling } from '../../../protocol/feelings.ts';
import { Memory } from '../../../protocol/memory.ts';
import { AvatarEntry, AvatarList, PortraitMade } from '../../../protocol/portraits.ts';
import { Health, MetricsSummary, PersonaEntry, PersonaList, TokenResponse } from '../../../protocol/rest.ts';
import { TurnSpan, TurnTrace } from '../../../protocol/trace.ts';
import type { Admission, Described } from '../declared/routes.ts';

export type Json = Record<string, unknown>;

const NAMED: Record<string, z.ZodType> = {
  AvatarEntry,
  AvatarList,
  Conversation,
  ConversationList,
  ConversationSummary,
  Erased,
  Feeling,
  Health,
  Memory,
  MemoryList,
  Message,
  MetricsSummary,
  Participant,
  PersonaEntry,
  PersonaInUse,
  PersonaList,
  PortraitMade,
  TokenResponse,
  TraceList,
  TurnSpan,
  TurnTrace,
  WireError,
};

/** What each kind of admission asks for, as people read it. */
export const ADMISSIONS: Record<Admission, string> = {
  nothing: 'No token.',
  join: 'A join token: grant `roomJoin`, and `canPublish`.',
  read: 'A token with the grant `roomList` (everybody’s), or the attribute `person` (one’s own).',
  person: 'A token with the attribute `person`.',
  owner: 'The secret that was told when the portrait was made.',
  metrics: 'From this machine nothing, from elsewhere the metrics token.',
};

/** The API as an OpenAPI 3.1 document, made of what is declared of its routes. */
export function openApi(routes: readonly Described[], version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Visavis',
      version,
      description:
        'Tokens are LiveKit-format JWTs, signed with this server’s key: `Authorization: Bearer …`. Refusals are `{ "error": { code, message, retryable } }`.',
    },
    components: {
      schemas: namedSchemas(),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
    paths: Object.fromEntries(
      [...new Set(routes.map(({ path }) => path))].map(path => [
        path,
        Object.fromEntries(routes.filter(route => route.path === path).map(route => [route.method, operation(route)])),
      ]),
    ),
  };
}

function operation(route: Described): Json {
  const { method, path, tag, summary, description, admission, answer } = route;
  const content = contentOf(route);
  return {
    tags: [tag],
    summary,
    description: [description, ADMISSIONS[admission]].filter(text => text !== undefined).join('\n\n'),
    operationId: `${method}${path.replace(/[^a-z]+(\w)?/gi, (_, letter: string = '') => letter.toUpperCase())}`,
    security: admission === 'nothing' ? [] : [{ token: [] }],
    parameters: [...parametersOf(route.parameters, 'path'), ...parametersOf(route.query, 'query')],
    ...(content !== undefined && { requestBody: { required: true, content } }),
    responses: {
      [answer.status]: {
        description: answer.status === 204 ? 'Done.' : summary,
        ...((answer.schema !== undefined || answer.media !== undefined) && {
          content: Object.fromEntries(
            (answer.media ?? ['application/json']).map(media => [
              media,
              media === 'application/json' && answer.schema !== undefined ? { schema: reference(answer.schema) } : {},
            ]),
          ),
        }),
      },
      default: {
        description: 'A refusal.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { error: { $ref: '#/components/schemas/WireError' } },
              required: ['error'],
            },
          },
        },
      },
    },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function contentOf({ body, upload }: Described): Json | undefined {
  if (upload !== undefined) return Object.fromEntries(upload.map(media => [media, {}]));
  return body && { 'application/json': { schema: jsonSchema(body, 'input') } };
}

function reference(schema: z.ZodType): Json {
  const name = Object.keys(NAMED).find(each => NAMED[each] === schema);
  return name === undefined ? jsonSchema(schema, 'output') : { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io }) as Json;
  return rest;
}

function namedSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'output', uri: id => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _, $id: __, ...rest } = schema as Json;
      return [name, rest];
    }),
  );
}
