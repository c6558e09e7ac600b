import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RequestError } from '../../protocol/errors.ts';
import { PersonaList, TokenRequest, TokenResponse } from '../../protocol/rest.ts';
import { RoomName } from '../../protocol/text.ts';
import type { Settings } from '../../settings/settings.ts';
import { networkOf } from '../limits/gate.ts';
import type { ApiDeps } from './deps.ts';

/** So many addresses at least share what a room is given. */
const ADDRESSES_PER_ROOM = 4;

/** Tokens for open rooms, and what the lobby offers. */
export function roomRoutes(app: FastifyInstance, config: Settings, deps: ApiDeps): void {
  const { tokensPerMinute, tokensPerRoomPerMinute } = config.limits;
  const gate = (name: string, scope: 'address' | 'room', perMinute: number) =>
    deps.gates.gate({
      name,
      scope,
      surface: 'http',
      perMinute,
      message: 'Too many people asked to join at once. Please wait a moment.',
    });
  const addresses = gate('tokens of an address', 'address', tokensPerMinute);
  const rooms = gate('tokens of a room', 'room', tokensPerRoomPerMinute);
  const ofOne = gate(
    'tokens of a room and an address',
    'address',
    Math.max(1, tokensPerRoomPerMinute / ADDRESSES_PER_ROOM),
  );

  deps.routes.add(app, {
    method: 'post',
    path: '/api/rooms/{room}/token',
    tag: 'Joining',
    summary: 'A token for an open room',
    description:
      'Only where rooms are open. With `personKey` the person is known again from call to call; `remember` and `resume` need it.',
    admission: 'nothing',
    admit({ ip }) {
      if (!config.auth.openRooms)
        throw new RequestError('forbidden', 'Rooms of this server are by invitation only: ask for a link.');
      addresses.pass(networkOf(ip));
    },
    parameters: z.object({ room: RoomName }),
    body: TokenRequest,
    answer: { status: 200, schema: TokenResponse },
    async handle({ params, body: { avatarSecret, ...body } }, { ip }) {
      // Said aloud or typed on a phone, a name has no capitals.
      const room = params.room.toLowerCase();
      // What asks for nothing keeps nobody out of a room, and one address not everybody else.
      ofOne.pass(`${networkOf(ip)} ${room}`);
      rooms.pass(room);
      const { avatar } = body;
      const ownsAvatar =
        avatar !== undefined &&
        avatarSecret !== undefined &&
        typeof (await deps.portraits.store.owned(avatar, avatarSecret)) !== 'string';
      return deps.tokens.issue({ ...body, room, ownsAvatar });
    },
  });

  deps.routes.add(app, {
    method: 'get',
    path: '/api/personas',
    tag: 'Joining',
    summary: 'Who one may talk with',
    admission: 'nothing',
    answer: { status: 200, schema: PersonaList },
    handle() {
      const personas = new Map(
        deps.dispatcher.hosts.flatMap(host => host.personas.map(persona => [persona.id, persona] as const)),
      );
      return {
        personas: [...personas.values()],
        defaultPersona: personas.keys().next().value ?? '',
        lacking: [...deps.dispatcher.lacking],
      };
    },
  });
}
