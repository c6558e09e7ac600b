/** The API to read: plain HTML, made once, without a script. */
import { type Described, TAGS } from '../declared/routes.ts';
import { ADMISSIONS, type Json } from './openapi.ts';

/** How it looks; a file of its own, for the page's policy allows no other. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #23211d; --quiet: #625d55; --line: #ddd7cc; --ground: #f6f4f0; --surface: #fff; --accent: #2f6f62 }
@media (prefers-color-scheme: dark) { :root { --ink: #e9e7e2; --quiet: #a5a29b; --line: #343941; --ground: #12151a; --surface: #1b1f26; --accent: #7cc4b4 } }
body { margin: 0; padding: 2rem 1rem 4rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 52rem; margin: 0 auto }
h2 { margin: 2.5rem 0 0.75rem }
details { margin: 0 0 0.5rem; border: 1px solid var(--line); border-radius: 12px; background: var(--surface) }
summary { padding: 0.75rem 1rem; cursor: pointer; overflow-wrap: anywhere }
summary b { display: inline-block; min-width: 4.2rem; color: var(--accent); text-transform: uppercase; font-size: 0.8125rem }
summary span { color: var(--quiet) }
.inside { padding: 0 1rem 1rem }
a { color: var(--accent) }
h4 { margin: 1rem 0 0.25rem; font-size: 0.875rem }
pre { margin: 0; padding: 0.75rem; border-radius: 8px; background: var(--ground); overflow-x: auto; font-size: 0.8125rem }
code { font-size: 0.9em }
`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const prose = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
const block = (title: string, value: unknown): string =>
  `<h4>${title}</h4><pre tabindex="0">${escaped(JSON.stringify(value, null, 2))}</pre>`;

/** @param document what `openApi` made of the routes */
export function docsPage(routes: readonly Described[], document: Json): string {
  const paths = document.paths as Record<string, Record<string, Json>>;
  const { info, components } = document as { info: Json; components: { schemas: Json } };
  const operations = (tag: string) =>
    routes
      .filter(route => route.tag === tag)
      .map(({ method, path, summary, description, admission }) => {
        const { parameters, requestBody, responses } = paths[path]![method] as {
          parameters: unknown[];
          requestBody?: { content: unknown };
          responses: Record<string, { content?: unknown }>;
        };
        const [[status, answer] = ['', {}]] = Object.entries(responses);
        return `<details id="${method}-${path.replace(/\W+/g, '-')}"><summary><b>${method}</b> <code>${escaped(path)}</code> <span>${escaped(summary)}</span></summary><div class="inside">
${description === undefined ? '' : `<p>${prose(description)}</p>`}<p>${prose(ADMISSIONS[admission])}</p>
${parameters.length > 0 ? block('Parameters', parameters) : ''}${requestBody === undefined ? '' : block('Body', requestBody.content)}
${block(`Answer ${status}`, answer.content ?? null)}</div></details>`;
      });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Visavis API</title><link rel="stylesheet" href="/docs/style.css"></head><body><main>
<h1>Visavis API</h1>
<p>${prose(String(info.description))}</p>
<p>Version ${escaped(String(info.version))} · <a href="/docs/openapi.json">openapi.json</a> (OpenAPI 3.1)</p>
${TAGS.map(tag => `<h2>${tag}</h2>${operations(tag).join('\n')}`).join('\n')}
<h2>Schemas</h2>
${Object.entries(components.schemas)
  .map(
    ([name, schema]) =>
      `<details id="schema-${name}"><summary><code>${name}</code></summary><div class="inside">${block(name, schema)}</div></details>`,
  )
  .join('\n')}
</main></body></html>
`;
}
