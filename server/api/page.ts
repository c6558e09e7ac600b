import fs from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const CLIENT_DIR = path.resolve(import.meta.dirname, '../../client/dist');
/** Of what has its content's hash in its name. */
const YEAR_S = 31_536_000;
/** The addresses that the page itself knows. */
const ADDRESSES = ['/', '/r/:room', '/privacy', '/conversations', '/conversations/:id'];

/**
 * Serves the page, smaller to those who can unpack it, and everything that belongs to it; nothing where it was not built.
 * @param basePath where the page stands, `/` or `/talk/`
 * @returns sends the page to somebody who wants to see one and has an address that there is not; undefined: not built
 */
export async function servePage(
  app: FastifyInstance,
  basePath: string,
): Promise<((request: FastifyRequest, reply: FastifyReply) => boolean) | undefined> {
  const file = path.join(CLIENT_DIR, 'index.html');
  if (!fs.existsSync(file)) return undefined;
  await app.register(fastifyStatic, {
    root: CLIENT_DIR,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, sent) => {
      const isHashed = path.relative(CLIENT_DIR, sent).startsWith('assets');
      response.header('Cache-Control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  const send = (reply: FastifyReply) =>
    reply
      .header('Cache-Control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(fs.readFileSync(file, 'utf8').replace('<base href="/"', `<base href="${basePath}"`));
  for (const address of ADDRESSES) app.get(address, (_request, reply) => send(reply));
  return (request, reply) => {
    const wantsPage = request.method === 'GET' && /\btext\/html\b/.test(request.headers.accept ?? '');
    if (!wantsPage || request.url.startsWith('/api/')) return false;
    void send(reply.status(404));
    return true;
  };
}

/** An address as it is without the place where the page stands; for Fastify's `rewriteUrl`. */
export const withoutBase = (url: string, basePath: string): string =>
  basePath !== '/' && url.startsWith(basePath) ? url.slice(basePath.length - 1) : url;
