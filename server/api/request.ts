import type { ZodType } from 'zod';
import { RequestError } from '../../protocol/errors.ts';

/** Throws `bad-request`, naming the part that is wrong. */
export function parse<T>(schema: ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new RequestError(
    'bad-request',
    `${what}${issue?.path.length ? `.${issue.path.join('.')}` : ''}: ${issue?.message ?? 'malformed'}`,
  );
}
