import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import type { z } from 'zod';
import { RequestError } from '../../../protocol/errors.ts';
import { shaped } from './shape.ts';

/** What a request must bring along. */
export type Admission = 'nothing' | 'join' | 'read' | 'person' | 'owner' | 'metrics';

/** In the order in which they are read about. */
export const TAGS = ['Joining', 'Avatars', 'Conversations', 'Memory', 'Watching'] as const;

/** What is said of a route. */
export interface Described {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** As in an OpenAPI document: `/api/rooms/{room}/token`. */
  path: string;
  tag: (typeof TAGS)[number];
  summary: string;
  description?: string;
  admission: Admission;
  parameters?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Media types of a body that is taken as it is. */
  upload?: readonly string[];
  /** Without a schema there is nothing to shape: a file, or nothing. */
  answer: { status: 200 | 201 | 204; schema?: z.ZodType; media?: readonly string[] };
}

/** A route with what it does. `P`, `Q`, `B`: its parameters, query and body; `A`: its answer; `W`: who was admitted. */
export interface Declared<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType, W>
  extends Described {
  parameters?: P;
  query?: Q;
  body?: B;
  answer: { status: 200 | 201 | 204; schema?: A; media?: readonly string[] };
  /** Who asks. Before anything else is looked at; throws where they may not. */
  admit?: (request: FastifyRequest) => W | Promise<W>;
  /** What is thrown where the path names what cannot be; by default `bad-request`. */
  absent?: () => RequestError;
  /** Hooks and limits of this route. */
  options?: RouteShorthandOptions;
  /** Answers; or sends by itself what is no JSON, and gives back the reply. */
  handle: (
    asked: { who: W; params: z.output<P>; query: z.output<Q>; body: z.output<B> },
    request: FastifyRequest,
    reply: FastifyReply,
  ) => z.output<A> | FastifyReply | Promise<z.output<A> | FastifyReply>;
}

/** All routes of the API: what is declared of one checks its requests, shapes its answers, and is what the documents say. */
export class Routes {
  readonly #all: Described[] = [];

  /** By tag. */
  get all(): readonly Described[] {
    return TAGS.flatMap(tag => this.#all.filter(route => route.tag === tag));
  }

  add<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType, W = undefined>(
    app: FastifyInstance,
    route: Declared<P, Q, B, A, W>,
  ): void {
    this.#all.push(route);
    const { method, path, admit, absent, parameters, query, body, answer, options = {}, handle } = route;
    const named = (params: unknown) => parse(parameters, params, '', absent);
    app[method](path.replace(/\{(\w+)\}/g, ':$1'), options, async (request, reply) => {
      const who = (await admit?.(request)) as W;
      const asked = {
        who,
        ...(absent === undefined && { params: named(request.params) }),
        query: parse(query, request.query, 'query'),
        body: parse(body, request.body, 'body'),
        // Who asks for what cannot be is first told what else is wrong.
        ...(absent !== undefined && { params: named(request.params) }),
      };
      reply.status(answer.status);
      const answered = await handle(asked as Parameters<typeof handle>[0], request, reply);
      if (answered === reply) return reply;
      return answer.schema === undefined ? reply.send() : shaped(answer.schema, answered);
    });
  }
}

/** Throws `bad-request`, naming the part that is wrong, or what `absent` makes. */
function parse<T extends z.ZodType>(
  schema: T | undefined,
  value: unknown,
  what: string,
  absent?: () => RequestError,
): z.output<T> | undefined {
  const result = schema?.safeParse(value);
  if (result === undefined || result.success) return result?.data;
  if (absent !== undefined) throw absent();
  const [issue] = result.error.issues;
  const where = [what, ...(issue?.path ?? [])].filter(part => part !== '').join('.');
  throw new RequestError('bad-request', `${where}: ${issue?.message ?? 'malformed'}`);
}
