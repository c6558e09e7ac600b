import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RequestError } from '../../protocol/errors.ts';
import { Rating } from '../../protocol/ratings.ts';
import { isSameRoom, RoomName } from '../../protocol/text.ts';
import type { Settings } from '../../settings/settings.ts';
import { bearer } from '../auth/bearer.ts';
import { networkOf } from '../limits/gate.ts';
import type { ApiDeps } from './deps.ts';

/** What people think of the call that they were in. */
export function ratingRoutes(app: FastifyInstance, config: Settings, deps: ApiDeps): void {
  const addresses = deps.gates.gate({
    name: 'ratings of an address',
    scope: 'address',
    surface: 'http',
    perMinute: config.limits.ratingsPerMinute,
    message: 'That were many ratings at once. Please wait a moment.',
  });
  deps.routes.add(app, {
    method: 'post',
    path: '/api/rooms/{room}/rating',
    tag: 'Conversations',
    summary: 'What somebody thinks of the call they were in',
    description:
      'With the token that they joined with, be it expired since; once for each call, until half an hour after they left it.',
    admission: 'join',
    admit({ ip, headers }) {
      addresses.pass(networkOf(ip));
      return deps.tokens.holder(bearer(headers.authorization) ?? '');
    },
    parameters: z.object({ room: RoomName }),
    body: Rating,
    answer: { status: 204 },
    handle({ who, params, body }, _request, reply) {
      if (!isSameRoom(who.room, params.room)) throw new RequestError('forbidden', 'This token is for another room.');
      deps.ratings.rate(who, body);
      return reply.send();
    },
  });
}
