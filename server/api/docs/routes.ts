import fs from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Described } from '../declared/routes.ts';
import { openApi } from './openapi.ts';
import { DOCS_STYLE, docsPage } from './page.ts';

/** What is declared of these routes as a document, and a page to read it on. */
export function docsRoutes(app: FastifyInstance, routes: readonly Described[]): void {
  const { version } = JSON.parse(
    fs.readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
  ) as { version: string };
  const document = openApi(routes, version);
  const page = docsPage(routes, document);
  app.get('/docs/openapi.json', () => document);
  app.get('/docs/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(DOCS_STYLE));
  app.get('/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
}
