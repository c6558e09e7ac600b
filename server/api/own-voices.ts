import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { RequestError } from '../../protocol/errors.ts';
import { AvatarEntry, PortraitVoice } from '../../protocol/portraits.ts';
import { bearer } from '../auth/bearer.ts';
import type { PortraitMeta } from '../portraits/store.ts';
import type { ApiDeps } from './deps.ts';
import { sayHello } from './say-hello.ts';

export interface OwnVoiceDeps extends Pick<ApiDeps, 'routes' | 'portraits' | 'dispatcher'> {
  log: Logger;
  /** Throws where whoever asks may not have anything said, or asks too often. */
  admit(request: FastifyRequest): Promise<void>;
  entryOf(meta: PortraitMeta): AvatarEntry;
}

/** How an avatar of somebody's own sounds. */
export function ownVoiceRoutes(app: FastifyInstance, deps: OwnVoiceDeps): void {
  const { routes, portraits, dispatcher, log, admit, entryOf } = deps;

  routes.add(app, {
    method: 'post',
    path: '/api/portraits/hello',
    tag: 'Avatars',
    summary: 'Says hello in a voice',
    admission: 'join',
    options: { onRequest: admit },
    body: PortraitVoice,
    answer: { status: 200, media: ['audio/wav'] },
    async handle({ body: voice }, _request, reply) {
      const hosts = dispatcher.hosts.filter(host => host.ready && host.ownVoices);
      const wav = await sayHello(hosts, { voice }, log);
      return reply.type('audio/wav').header('Cache-Control', 'no-store').send(wav);
    },
  });

  routes.add(app, {
    method: 'patch',
    path: '/api/portraits/{id}/voice',
    tag: 'Avatars',
    summary: 'Gives a portrait a voice',
    description: 'It speaks so in calls from the next on.',
    admission: 'owner',
    parameters: z.object({ id: z.string() }),
    body: PortraitVoice,
    answer: { status: 200, schema: AvatarEntry },
    async handle({ params: { id }, body }, request) {
      const outcome = await portraits.store.giveVoice(id, bearer(request.headers.authorization) ?? '', body);
      if (outcome === 'not-found') throw new RequestError('not-found', 'There is no such portrait any more.');
      if (outcome === 'forbidden')
        throw new RequestError('forbidden', 'Only who has made this portrait may change it, from the same browser.');
      return entryOf(outcome);
    },
  });
}
