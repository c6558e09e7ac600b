import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { HostHello } from '../../protocol/agents.ts';
import { RequestError } from '../../protocol/errors.ts';
import {
  type AvatarEntry,
  AvatarId,
  AvatarList,
  PORTRAIT_LIMITS,
  PortraitError,
  type PortraitFault,
  PortraitMade,
  PortraitsReady,
  PortraitWords,
} from '../../protocol/portraits.ts';
import { DisplayName } from '../../protocol/text.ts';
import type { Settings } from '../../settings/settings.ts';
import { bearer } from '../auth/bearer.ts';
import { type Gate, networkOf } from '../limits/gate.ts';
import { Uploads } from '../limits/uploads.ts';
import type { PortraitMeta } from '../portraits/store.ts';
import { clonedVoiceRoutes } from './cloned-voices.ts';
import type { ApiDeps } from './deps.ts';
import { ownVoiceRoutes } from './own-voices.ts';
import { sendBlob } from './send-blob.ts';

const STATUS: Record<PortraitFault, number> = {
  'not-an-image': 415,
  'broken-image': 422,
  'file-too-large': 413,
  'too-many-pixels': 422,
  'no-face': 422,
  'several-faces': 422,
  'face-too-small': 422,
  'face-turned-away': 422,
  'face-cut-off': 422,
  'portraits-off': 403,
  'portraits-full': 507,
  busy: 503,
  'worker-failed': 500,
  'images-off': 404,
  'images-refused': 422,
  'images-failed': 502,
  'voices-off': 404,
  'voice-failed': 502,
  'own-voices-off': 404,
  'consent-over': 422,
  'not-audio': 415,
  'recording-length': 422,
  'too-quiet': 422,
  'not-consented': 422,
  'voice-refused': 422,
  'voices-full': 507,
};
const SENTENCES_PER_PICTURE = 5;
/** Of portraits that one page has made. */
const MAX_LISTED = 50;
const FILES = [
  { file: 'thumbnail.webp', type: 'image/webp', summary: 'A picture of it' },
  { file: 'preview.webm', type: 'video/webm', summary: 'A film of it, speaking' },
] as const;
const One = z.object({ id: z.string() });

/** Avatars to choose from, and portraits to make. */
export async function portraitRoutes(
  root: FastifyInstance,
  config: Settings,
  log: Logger,
  { routes, portraits, conversations, tokens, dispatcher, gates, ownVoices }: ApiDeps,
): Promise<void> {
  const gate = (name: string, share = 1) =>
    gates.gate({
      name,
      scope: 'address',
      surface: 'http',
      perMinute: share * config.limits.portraitsPerMinute,
      message: 'That was a lot at once. Please wait a minute.',
    });
  const makersByAddress = gate('portraits');
  /** On their own: opening the panel costs nobody a picture. */
  const openers = gate('portraits opened');
  /** A sentence costs a fraction of a picture, and one tries several. */
  const speakers = gate('voices tried', SENTENCES_PER_PICTURE);
  const reading = new Uploads({ most: 8, withinMs: 90_000 });

  /** Who is known from call to call: what they make is erased with what is kept of them. */
  const makers = new WeakMap<FastifyRequest, string>();

  const shipped = () =>
    new Map<string, HostHello['avatars'][number]>(
      dispatcher.hosts.flatMap(host => host.avatars.map(avatar => [avatar.id, avatar] as const)),
    );

  /** Who may join a room and be seen there may have a portrait made [S1]. */
  const admit = async (request: FastifyRequest): Promise<void> => {
    if (!portraits.enabled)
      throw new PortraitError('portraits-off', 'This server makes no portraits: its operator has switched them off.');
    const jwt = bearer(request.headers.authorization);
    if (jwt === undefined)
      throw new RequestError('unauthorized', 'Send a join token as bearer: portraits are for those who may join.');
    const { canPublish, person } = await tokens.check(jwt);
    if (!canPublish) throw new RequestError('forbidden', 'This token does not allow its bearer to show anything.');
    if (person !== undefined) makers.set(request, person);
  };

  const rated =
    (limit: Gate) =>
    async (request: FastifyRequest): Promise<void> => {
      await admit(request);
      limit.pass(networkOf(request.ip));
    };
  const admitPicture = rated(makersByAddress);

  /** Before a byte of the body is read. */
  const admitUpload = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    await admitPicture(request);
    if (portraits.worker.full('draw') || reading.full)
      throw new PortraitError('busy', 'Many portraits are being made right now. Please try again in a minute.', {
        retryable: true,
      });
    reading.begin(request, reply);
  };

  await root.register(async app => {
    await app.register(fastifyStatic, { serve: false, root: path.resolve(config.dataDir), decorateReply: true });
    app.setErrorHandler((error: Error & { code?: string }, request, reply) => {
      if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return refuse(reply, tooLarge(request.url));
      if (error instanceof PortraitError) return refuse(reply, error);
      throw error;
    });

    routes.add(app, {
      method: 'get',
      path: '/api/avatars',
      tag: 'Avatars',
      summary: 'How the avatar may look',
      admission: 'nothing',
      query: z.object({
        portraits: z.coerce.string().optional().describe('Ids of one’s own portraits, separated by commas.'),
      }),
      answer: { status: 200, schema: AvatarList },
      async handle({ query }) {
        const named = (query.portraits ?? '').split(',', MAX_LISTED);
        const own = await Promise.all(named.map(id => portraits.store.find(id)));
        return {
          avatars: [
            ...[...shipped().values()].map(({ id, name }) => entry(id, name, 'shipped')),
            ...own.flatMap(meta => (meta === undefined ? [] : [portrait(meta)])),
          ],
          uploads: portraits.enabled,
          voices: dispatcher.hosts.some(host => host.ownVoices),
          ownVoices: ownVoices.offered,
        };
      },
    });

    for (const { file, type, summary } of FILES)
      routes.add(app, {
        method: 'get',
        path: `/api/avatars/{id}/${file}`,
        tag: 'Avatars',
        summary,
        admission: 'nothing',
        parameters: One,
        answer: { status: 200, media: [type] },
        async handle({ params: { id } }, _request, reply) {
          const meta = await portraits.store.find(id);
          const avatar = AvatarId.safeParse(id).success ? shipped().get(id) : undefined;
          const blob =
            meta !== undefined
              ? await portraits.store.file(meta, file)
              : avatar !== undefined
                ? await portraits.showcase.file(avatar, file)
                : undefined;
          if (blob === undefined) throw new RequestError('not-found', 'There is no such avatar.');
          reply.header('Cache-Control', meta === undefined ? 'public, max-age=3600' : 'private, max-age=3600');
          return sendBlob(reply, blob, type);
        },
      });

    routes.add(app, {
      method: 'post',
      path: '/api/portraits/warm',
      tag: 'Avatars',
      summary: 'Gets ready to make portraits',
      admission: 'join',
      options: { onRequest: rated(openers) },
      answer: { status: 200, schema: PortraitsReady },
      async handle() {
        const { words } = await portraits.worker.run({ type: 'warm' });
        return { words };
      },
    });

    await app.register(async uploads => {
      // Whatever it says it is, JSON too: what counts is what it holds, and nobody parses 16 MB for a stranger.
      uploads.removeAllContentTypeParsers();
      uploads.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: PORTRAIT_LIMITS.uploadBytes },
        (_request, body, done) => done(null, body),
      );
      routes.add(uploads, {
        method: 'post',
        path: '/api/portraits',
        tag: 'Avatars',
        summary: 'Makes an avatar of a picture',
        admission: 'join',
        options: { onRequest: admitUpload, preHandler: reading.read, bodyLimit: PORTRAIT_LIMITS.uploadBytes },
        // A name that is none is no reason to refuse a picture.
        query: z.object({ name: z.string().optional().catch(undefined) }),
        upload: ['image/jpeg', 'image/png', 'image/webp'],
        answer: { status: 201, schema: PortraitMade },
        async handle({ query }, request) {
          const { body } = request;
          if (!Buffer.isBuffer(body))
            throw new PortraitError('not-an-image', 'Send a JPEG, PNG or WebP picture as the body, as it is.');
          return made(request, await portraits.make(body, nameOf(query.name), makersOf(request)));
        },
      });
    });

    routes.add(app, {
      method: 'post',
      path: '/api/portraits/generate',
      tag: 'Avatars',
      summary: 'Makes an avatar of a description',
      admission: 'join',
      options: { onRequest: admitPicture },
      body: PortraitWords,
      answer: { status: 201, schema: PortraitMade },
      handle: async ({ body }, request) =>
        made(request, await portraits.imagine(body, nameOf(body.prompt), makersOf(request))),
    });

    ownVoiceRoutes(app, { routes, portraits, dispatcher, log, admit: rated(speakers), entryOf: portrait });
    clonedVoiceRoutes(app, config, { routes, portraits, dispatcher, gates, ownVoices, log, entryOf: portrait });

    routes.add(app, {
      method: 'delete',
      path: '/api/portraits/{id}',
      tag: 'Avatars',
      summary: 'Removes a portrait',
      admission: 'owner',
      parameters: One,
      answer: { status: 204 },
      async handle({ params: { id } }, request) {
        const outcome = await portraits.store.remove(id, bearer(request.headers.authorization) ?? '');
        if (outcome === 'not-found') throw new RequestError('not-found', 'There is no such portrait any more.');
        if (outcome === 'forbidden')
          throw new RequestError('forbidden', 'Only who has made this portrait may remove it, from the same browser.');
        conversations?.uploadRemoved(id);
        void ownVoices.sweep();
      },
    });
  });

  /** Whose places a portrait takes: those of a person, and of an address. */
  function makersOf(request: FastifyRequest): string[] {
    const person = makers.get(request);
    return [`address ${networkOf(request.ip)}`, ...(person === undefined ? [] : [`person ${person}`])].map(maker =>
      tokens.pseudonym(maker),
    );
  }

  function made(
    request: FastifyRequest,
    { meta, ownerSecret }: { meta: PortraitMeta; ownerSecret: string },
  ): PortraitMade {
    const expiresAtMs = portraits.store.expiresAtMs(meta);
    const person = makers.get(request);
    if (person !== undefined) conversations?.uploaded({ id: meta.id, person, expiresAtMs });
    return { avatar: portrait(meta), ownerSecret, ...(expiresAtMs !== undefined && { expiresAtMs }) };
  }

  function refuse(reply: FastifyReply, { code, message, retryable }: PortraitError): FastifyReply {
    log.info({ code }, 'a portrait was refused');
    return reply.status(STATUS[code]).send({ error: { code, message, retryable } });
  }
}

const tooLarge = (url: string): PortraitError =>
  new PortraitError(
    'file-too-large',
    `This file is larger than ${PORTRAIT_LIMITS.uploadBytes / 1024 / 1024} MB. ${
      url.includes('/own-voice')
        ? 'Save the recording as mono, 16 bits and 48 kHz at most.'
        : 'Save the picture smaller, or take one at a lower resolution.'
    }`,
  );

const NAME_LENGTH = 40;

function nameOf(text: string | undefined): string {
  const name = DisplayName.safeParse(text?.slice(0, NAME_LENGTH));
  return name.success ? name.data : 'My portrait';
}

const portrait = ({ id, name, voice, own }: PortraitMeta): AvatarEntry => ({
  ...entry(id, name, 'portrait'),
  ...(voice !== undefined && { voice }),
  ...(own !== undefined && { ownVoice: true }),
});

const entry = (id: string, name: string, kind: AvatarEntry['kind']): AvatarEntry => ({
  id,
  name,
  kind,
  thumbnailUrl: `/api/avatars/${id}/thumbnail.webp`,
  previewUrl: `/api/avatars/${id}/preview.webm`,
});
