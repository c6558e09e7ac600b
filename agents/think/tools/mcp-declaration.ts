import { z } from 'zod';
import { ToolHeaders } from './declaration.ts';
import { UrlTemplate } from './url-template.ts';

/** Names of tools, as their server has them. */
const Names = z.array(z.string().min(1).max(128)).max(32);

const McpServer = z
  .strictObject({
    /** Before the names of its tools: two servers never have the same. No underscore, so that it is known where it ends. */
    name: z.string().regex(/^[a-z][a-z0-9]{0,23}$/, 'must be a lower-case letter and up to 23 letters and digits'),
    /** A program that is started, and spoken with over its standard input and output. */
    command: z
      .array(
        z
          .string()
          .min(1)
          .max(1024)
          .refine(text => !text.includes('\0'), 'must be text'),
      )
      .min(1)
      .max(32)
      .optional(),
    /** All of its environment but PATH. */
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'is no name of a variable'), ToolHeaders.valueType)
      .default({}),
    /** A server that is there: streamable HTTP. */
    url: z.string().max(2048).optional(),
    headers: ToolHeaders.default({}),
    /** Those of its tools that may be called; absent: all. */
    tools: Names.min(1).optional(),
    /** Those that only read. All others are taken to do something. */
    readOnly: Names.default([]),
    timeoutMs: z.number().int().min(100).max(120_000).default(10_000),
  })
  .superRefine(({ command, url, env, headers, tools, readOnly }, context) => {
    const wrong = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if ((command === undefined) === (url === undefined)) wrong('name', 'name either a command or a url');
    if (url !== undefined) {
      const problem = addressProblem(url);
      if (problem !== undefined) wrong('url', problem);
      if (Object.keys(env).length > 0) wrong('env', 'is for a command');
    } else if (Object.keys(headers).length > 0) wrong('headers', 'are for a url');
    for (const name of readOnly)
      if (tools !== undefined && !tools.includes(name)) wrong('readOnly', `tools does not have ${name}`);
  });

/** What a persona's file says of a server of tools. Holds no secrets: headers and environment name variables. */
export type McpDeclaration = z.output<typeof McpServer>;

/** The servers of one persona. */
export const McpDeclarations = z
  .array(McpServer)
  .min(1)
  .max(8)
  .superRefine((servers, context) => {
    for (const [i, { name }] of servers.entries())
      if (servers.findIndex(other => other.name === name) < i)
        context.addIssue({ code: 'custom', path: [i, 'name'], message: `there is a ${name} already` });
  });

function addressProblem(url: string): string | undefined {
  try {
    return new UrlTemplate(url).names.size > 0 ? 'may hold no placeholders' : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
