import type { FastifyInstance } from 'fastify';
import { RequestError } from '../../protocol/errors.ts';
import { type PersonaList, TokenRequest } from '../../protocol/rest.ts';
import { RoomName } from '../../protocol/text.ts';
import type { ServerConfig } from '../config/schema.ts';
import { networkOf } from '../limits/gate.ts';
import type { ApiDeps } from './deps.ts';
import { parse } from './request.ts';

/** So many addresses at least share what a room is given. */
const ADDRESSES_PER_ROOM = 4;

/** Tokens for open rooms, and what the lobby offers. */
export function roomRoutes(app: FastifyInstance, config: ServerConfig, deps: ApiDeps): void {
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

  app.post<{ Params: { room: string } }>('/api/rooms/:room/token', async request => {
    if (!config.auth.openRooms)
      throw new RequestError('forbidden', 'Rooms of this server are by invitation only: ask for a link.');
    addresses.pass(networkOf(request.ip));
    const room = parse(RoomName, request.params.room, 'room');
    const person = parse(TokenRequest, request.body, 'body');
    // What asks for nothing keeps nobody out of a room, and one address not everybody else.
    ofOne.pass(`${networkOf(request.ip)} ${room}`);
    rooms.pass(room);
    return deps.tokens.issue({ ...person, room });
  });

  app.get('/api/personas', async (): Promise<PersonaList> => {
    const personas = new Map(
      deps.dispatcher.hosts.flatMap(host => host.personas.map(persona => [persona.id, persona] as const)),
    );
    return { personas: [...personas.values()], defaultPersona: personas.keys().next().value ?? '' };
  });
}
