import type dns from 'node:dns';
import type { Clock } from '../base/clock.ts';
import type { ToolDeclaration } from '../think/tools/declaration.ts';
import { type Check, compileSchema, TAKES_TOO_LONG } from '../think/tools/json-schema.ts';
import { UrlTemplate } from '../think/tools/url-template.ts';
import { lookupWithin } from './addresses.ts';
import type { AllowList } from './allow-list.ts';
import type { CheckTime } from './check-time.ts';
import { exchange, ToolFailure, type ToolRequest } from './exchange.ts';
import type { Tool } from './tool.ts';
import { resolveValues } from './values.ts';

export interface HttpToolDeps {
  allowed: AllowList;
  maxResultBytes: number;
  /** Variables that headers may name. */
  variables: Readonly<Record<string, string>>;
  clock: Clock;
  /** For tests. */
  lookup?: typeof dns.lookup;
  /** Throws; says that the declaration's key is wrong. */
  refuse(keys: readonly string[], problem: string): never;
}

/** A tool that is asked over HTTP. Throws what `refuse` throws where it may not be called. */
export function httpTool(declaration: ToolDeclaration, deps: HttpToolDeps): Tool {
  const { allowed, maxResultBytes: maxBytes, clock, lookup } = deps;
  const template = new UrlTemplate(declaration.url);
  if (!allowed.allows(template))
    deps.refuse(
      ['url'],
      `${template.origin}${template.path} is no allowed target; list it, or the beginning of it, in agent.tools.allow of the configuration`,
    );
  const { values: headers, redacted } = resolveValues(declaration.headers, deps.variables, (header, problem) =>
    deps.refuse(['headers', header], problem),
  );
  const { name, description, parameters, sideEffects, timeoutMs, method } = declaration;
  const args = compileSchema(parameters);
  const result = declaration.result && compileSchema(declaration.result);
  return {
    name,
    description,
    parameters,
    sideEffects,
    redacted,
    check: (value, time) => time.check(args, value),
    ready: values => {
      const request = requestFor({ method, template, headers }, values, allowed, lookup);
      return async ({ signal, time }) => {
        const answer = await exchange(request, { clock, timeoutMs, maxBytes, ...(signal && { signal }) });
        await agreed(result, answer, time);
        return answer;
      };
    },
  };
}

/** Throws ToolFailure where an answer is not what was agreed on. */
export async function agreed(check: Check | undefined, answer: unknown, time: CheckTime): Promise<void> {
  const problem = check === undefined ? undefined : await time.check(check, answer);
  if (problem === undefined) return;
  const told = problem === TAKES_TOO_LONG ? 'takes too long to check' : 'is not of the agreed form';
  throw new ToolFailure('bad-result', `The tool failed: what the service answered ${told}.`, { unsure: true });
}

function requestFor(
  { method, template, headers }: { method: string; template: UrlTemplate; headers: Readonly<Record<string, string>> },
  args: Record<string, unknown>,
  allowed: AllowList,
  resolve?: typeof dns.lookup,
): ToolRequest {
  let url: URL;
  try {
    url = template.expand(args);
  } catch (error) {
    throw new ToolFailure(
      'bad-arguments',
      `The tool was not called, because of its arguments: ${(error as Error).message}.`,
    );
  }
  const reach = allowed.reach({ origin: url.origin, path: url.pathname });
  if (reach === undefined)
    throw new ToolFailure('bad-arguments', 'The tool was not called: its arguments lead elsewhere.');
  const request = { method, url, headers, lookup: lookupWithin(reach, resolve) };
  if (method === 'GET' || method === 'DELETE') return request;
  const rest = Object.entries(args).filter(([name]) => !template.names.has(name));
  return { ...request, body: JSON.stringify(Object.fromEntries(rest)) };
}
