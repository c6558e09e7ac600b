import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { VoiceSaid } from '../../protocol/agents.ts';
import { RequestError } from '../../protocol/errors.ts';
import { AvatarEntry, PortraitError, PortraitVoice } from '../../protocol/portraits.ts';
import { bearer } from '../auth/bearer.ts';
import type { PortraitMeta } from '../portraits/store.ts';
import type { ApiDeps } from './deps.ts';

/** A sentence is made in less than a second; a host may be busy with calls. */
const SAYING_MS = 10_000;

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
      const host = dispatcher.hosts.filter(each => each.ready && each.ownVoices).sort(byLoad)[0];
      if (host === undefined)
        throw new PortraitError(
          'voices-off',
          'No voice of this server can be changed: its operator has to set up one that can, as the first of agent.speech.',
        );
      const said = await host.request('voice.hello', { voice }, SAYING_MS).then(VoiceSaid.parse, (error: unknown) => {
        log.warn({ host: host.id, reason: String(error) }, 'a host said no hello');
        return { said: false as const, busy: false };
      });
      if (!said.said)
        throw said.busy
          ? new PortraitError('busy', 'Many voices are being tried right now. Please try again in a moment.', {
              retryable: true,
            })
          : new PortraitError('voice-failed', 'The voice could not be made. Please try again.', { retryable: true });
      return reply.type('audio/wav').header('Cache-Control', 'no-store').send(Buffer.from(said.wav));
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

const byLoad = (a: { status: { load: number } }, b: { status: { load: number } }) => a.status.load - b.status.load;
