import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RequestError } from '../../protocol/errors.ts';
import { FILE_TYPES, SentFile } from '../../protocol/files.ts';
import { isSameRoom, RoomName } from '../../protocol/text.ts';
import type { Settings } from '../../settings/settings.ts';
import { bearer } from '../auth/bearer.ts';
import { networkOf } from '../limits/gate.ts';
import type { Room, Seat } from '../rooms/room.ts';
import type { ApiDeps } from './deps.ts';

/** Uploads that are read at once, and how long one may take. */
const MOST_READING = 16;
const READING_MS = 120_000;
/** Nothing in it is a page of ours, whatever a browser makes of it. */
const HARMLESS = { 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'private, no-store' };

const InRoom = z.object({ room: RoomName });

/** Files for those who are in a room. */
export async function fileRoutes(
  root: FastifyInstance,
  config: Settings,
  { routes, rooms, tokens, gates, files }: ApiDeps,
): Promise<void> {
  const senders = gates.gate({
    name: 'files of an address',
    scope: 'address',
    surface: 'http',
    perMinute: config.limits.filesPerMinute,
    message: 'That were many files at once. Please wait a moment.',
  });
  const places = new WeakMap<FastifyRequest, { room: Room; seat: Seat }>();
  let reading = 0;

  /** Who sits in the room that the path names [S1]. */
  const placeOf = async ({ headers, params }: FastifyRequest): Promise<{ room: Room; seat: Seat }> => {
    const { identity, room: name } = await tokens.holder(bearer(headers.authorization) ?? '');
    const room = rooms.find(name);
    const seat = room?.seats.get(identity);
    if (room === undefined || seat === undefined || !isSameRoom(name, (params as { room?: string }).room ?? ''))
      throw new RequestError('forbidden', 'Files are for those who are in the room.');
    return { room, seat };
  };

  /** Before a byte of the body is read. */
  const admitUpload = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (files.mostBytes === 0) throw new RequestError('forbidden', 'No files can be sent on this server.');
    const place = await placeOf(request);
    if (!place.seat.admission.canPublishData)
      throw new RequestError('forbidden', 'Your invitation does not allow you to send files.');
    senders.pass(networkOf(request.ip));
    if (reading >= MOST_READING)
      throw new RequestError('rate-limited', 'Many files are on their way. Please try again in a moment.', {
        retryable: true,
      });
    reading += 1;
    const slow = setTimeout(() => request.raw.destroy(), READING_MS);
    reply.raw.once('close', () => {
      clearTimeout(slow);
      reading -= 1;
    });
    places.set(request, place);
  };

  await root.register(async app => {
    // What counts is what it holds, not what it says it is.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: Math.max(1, files.mostBytes) }, (_, body, done) =>
      done(null, body),
    );
    routes.add(app, {
      method: 'post',
      path: '/api/rooms/{room}/files',
      tag: 'Joining',
      summary: 'Sends a file to the people in a room',
      description:
        'With the token of somebody who is in it. What it is, is told by its bytes: JPEG, PNG, GIF, WebP, PDF or UTF-8 text. The avatar does not learn of it. It goes with the room.',
      admission: 'join',
      options: { onRequest: admitUpload, bodyLimit: Math.max(1, files.mostBytes) },
      parameters: InRoom,
      query: z.object({ name: z.string().max(1000).optional().catch(undefined) }),
      upload: FILE_TYPES,
      answer: { status: 201, schema: SentFile },
      handle({ query }, request) {
        const { body } = request;
        const place = places.get(request);
        if (!Buffer.isBuffer(body) || place === undefined)
          throw new RequestError('bad-request', 'Send the file as the body, as it is.');
        return files.send(place.room, place.seat, query.name ?? '', body);
      },
    });
  });

  routes.add(root, {
    method: 'get',
    path: '/api/rooms/{room}/files/{id}',
    tag: 'Joining',
    summary: 'A file that was sent in a room',
    description: 'With the token of somebody who is in it, and was when it was sent.',
    admission: 'join',
    admit: placeOf,
    parameters: InRoom.extend({ id: z.uuid() }),
    answer: { status: 200, media: FILE_TYPES },
    async handle({ who, params }, _request, reply) {
      const found = await files.read(who.room, who.seat, params.id);
      if (found === undefined) throw new RequestError('not-found', 'This file is not there any more.');
      const { file, blob } = found;
      return reply
        .headers(HARMLESS)
        .type(file.type === 'text/plain' ? 'text/plain; charset=utf-8' : file.type)
        .header('Content-Length', blob.size)
        .header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
        .send(blob.stream());
    },
  });
}
