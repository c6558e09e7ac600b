import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { RequestError } from '../../protocol/errors.ts';
import { OWN_VOICE } from '../../protocol/limits.ts';
import { ConsentSentence, OwnVoiceLanguage } from '../../protocol/own-voice.ts';
import { AvatarEntry, PortraitError } from '../../protocol/portraits.ts';
import type { Settings } from '../../settings/settings.ts';
import { bearer } from '../auth/bearer.ts';
import { networkOf } from '../limits/gate.ts';
import { Uploads } from '../limits/uploads.ts';
import type { PortraitMeta } from '../portraits/store.ts';
import { tooMany } from '../voices/faults.ts';
import type { Owner } from '../voices/own-voices.ts';
import type { ApiDeps } from './deps.ts';
import { sayHello } from './say-hello.ts';

const MINUTES_PER_DAY = 1440;
const One = z.object({ id: z.string() });

export interface ClonedVoiceDeps extends Pick<ApiDeps, 'routes' | 'portraits' | 'dispatcher' | 'gates' | 'ownVoices'> {
  log: Logger;
  entryOf(meta: PortraitMeta): AvatarEntry;
}

/** The voice of whoever made a portrait, for them alone. */
export function clonedVoiceRoutes(app: FastifyInstance, config: Settings, deps: ClonedVoiceDeps): void {
  const { routes, portraits, dispatcher, gates, ownVoices, log, entryOf } = deps;
  const message = 'That was a lot at once. Please wait a while.';
  const asking = gates.gate({
    name: 'own voices asked for',
    scope: 'address',
    surface: 'http',
    perMinute: 5 * config.limits.portraitsPerMinute,
    message,
  });
  const { ownVoicesPerDay } = config.limits;
  // Half of it at once, the rest comes with time: in no day there is more.
  const recordings = gates.gate({
    name: 'own voices of a maker',
    scope: 'address',
    surface: 'http',
    perMinute: ownVoicesPerDay / 2 / MINUTES_PER_DAY,
    burst: Math.max(1, ownVoicesPerDay / 2),
    message: 'You, or others of your network, have sent as many recordings as one may in a day. Try again later.',
  });
  const uploads = new Uploads({ most: 2, withinMs: 90_000 });
  const metas = new WeakMap<FastifyRequest, PortraitMeta>();

  const ownerOf = (request: FastifyRequest): Owner => ({
    portrait: (request.params as z.infer<typeof One>).id,
    secret: bearer(request.headers.authorization) ?? '',
  });
  const found = (meta: PortraitMeta | 'not-found' | 'forbidden'): PortraitMeta => {
    if (meta === 'not-found') throw new RequestError('not-found', 'There is no such portrait any more.');
    if (meta === 'forbidden')
      throw new RequestError('forbidden', 'Only who has made this portrait may do that, from the same browser.');
    return meta;
  };
  /** Before a byte of the body is read. */
  const admit = async (request: FastifyRequest): Promise<void> => {
    asking.pass(networkOf(request.ip));
    const { portrait, secret } = ownerOf(request);
    metas.set(request, found(await portraits.store.owned(portrait, secret)));
  };
  const admitRecording = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    await admit(request);
    if (uploads.full) throw tooMany();
    for (const maker of metas.get(request)!.makers) recordings.pass(maker);
    uploads.begin(request, reply);
  };
  const ofOwner = { tag: 'Avatars', admission: 'owner', parameters: One } as const;
  const path = '/api/portraits/{id}/own-voice';

  routes.add(app, {
    ...ofOwner,
    method: 'post',
    path: `${path}/sentence`,
    summary: 'What is to be read for a voice of one’s own',
    description: 'A sentence that says that one agrees; good once, for a quarter of an hour.',
    options: { onRequest: admit },
    body: OwnVoiceLanguage,
    answer: { status: 200, schema: ConsentSentence },
    handle: ({ params: { id }, body: { language } }, _request, reply) => {
      reply.header('Cache-Control', 'no-store');
      return ownVoices.sentence(id, language);
    },
  });

  app.register(async recording => {
    // Whatever it says it is: what counts is what it holds.
    recording.removeAllContentTypeParsers();
    const bodyLimit = OWN_VOICE.uploadBytes;
    recording.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    routes.add(recording, {
      ...ofOwner,
      method: 'post',
      path,
      summary: 'Makes a voice of a recording of one’s own',
      description: `A WAV file of ${OWN_VOICE.minSeconds} to ${OWN_VOICE.maxSeconds} seconds in which the sentence is read. Nothing of it is kept.`,
      options: { onRequest: admitRecording, preHandler: uploads.read, bodyLimit },
      query: z.object({ sentence: z.string().max(64).describe('The id of the sentence.') }),
      upload: ['audio/wav'],
      answer: { status: 201, schema: AvatarEntry },
      async handle({ query: { sentence } }, request) {
        const { body } = request;
        if (!Buffer.isBuffer(body)) throw new PortraitError('not-audio', 'Send a WAV file as the body, as it is.');
        const meta = await ownVoices.make(ownerOf(request), sentence, body);
        return entryOf(found(meta === 'gone' ? 'not-found' : meta));
      },
    });
  });

  routes.add(app, {
    ...ofOwner,
    method: 'post',
    path: `${path}/hello`,
    summary: 'Says hello in one’s own voice',
    options: { onRequest: admit },
    answer: { status: 200, media: ['audio/wav'] },
    async handle(_asked, request, reply) {
      const { own } = metas.get(request)!;
      if (own === undefined) throw new RequestError('not-found', 'This portrait has no voice of one’s own.');
      const hosts = dispatcher.hosts.filter(host => host.ready && host.cloning?.vendor === own.vendor);
      const wav = await sayHello(hosts, { own: { vendor: own.vendor, voice: own.voice } }, log);
      return reply.type('audio/wav').header('Cache-Control', 'no-store').send(wav);
    },
  });

  routes.add(app, {
    ...ofOwner,
    method: 'delete',
    path,
    summary: 'Removes the voice of one’s own',
    description: 'It is not used any more from then on, and removed at its vendor as soon as that can be.',
    answer: { status: 204 },
    async handle(_asked, request) {
      found(await ownVoices.remove(ownerOf(request)));
    },
  });
}
