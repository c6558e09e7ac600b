import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';

let system: TestApp;
// biome-ignore lint/suspicious/noExplicitAny: a document of any form
let document: any;
beforeAll(async () => {
  system = await testApp();
  document = (await system.app.inject('/docs/openapi.json')).json();
});
afterAll(() => system.close());

describe('the API’s document', () => {
  it('describes every route there is: none is made past its declaration', () => {
    const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    );
    const present = system.routes
      .filter(route => /^(GET|POST|PATCH|DELETE|PUT) \/(api|health|metrics)/.test(route))
      .map(route => route.replace(/:(\w+)/g, '{$1}'));
    expect(present.toSorted()).toEqual(described.toSorted());
  });

  it('is OpenAPI 3.1 whose references all lead somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(match => match[1]!);
    expect(references.length).toBeGreaterThan(10);
    for (const name of references) expect(document.components.schemas).toHaveProperty(name);
    expect(document.paths['/api/conversations'].get.parameters.map(({ name }: { name: string }) => name)).toContain(
      'cursor',
    );
    for (const path of Object.keys(document.paths))
      for (const [name] of [...path.matchAll(/\{(\w+)\}/g)].map(match => [match[1]!]))
        for (const operation of Object.values(document.paths[path]) as { parameters: { name: string }[] }[])
          expect(operation.parameters.map(parameter => parameter.name)).toContain(name);
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(match => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('can be read as a page without any script', async () => {
    const page = await system.app.inject('/docs');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("style-src 'self'");
    for (const path of Object.keys(document.paths)) expect(page.body).toContain(path);
    expect(page.body).not.toMatch(/<script|<style|style=|https?:\/\/(?!json-schema)/);
  });
});
