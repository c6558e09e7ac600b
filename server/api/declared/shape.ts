import type { z } from 'zod';
import type { $ZodType, $ZodTypes } from 'zod/v4/core';

/**
 * Of an answer, what a schema declares: nothing else leaves. Whether what leaves is as long or as large as the schema
 * says is not looked at: it was when it came in, and an old answer is better than none. Throws where an object is none
 * of those that may stand in its place.
 */
export const shaped = <T extends z.ZodType>(schema: T, answer: unknown): z.output<T> =>
  shape(schema, answer) as z.output<T>;

function shape(schema: $ZodType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { def } = (schema as $ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape).flatMap(([name, each]) => {
          const property = (value as Record<string, unknown>)[name];
          return property === undefined ? [] : [[name, shape(each, property)]];
        }),
      );
    case 'array':
      return Array.isArray(value) ? value.map(each => shape(def.element, each)) : value;
    case 'record':
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shape(def.valueType, each)]));
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return shape(def.innerType, value);
    case 'union': {
      const fitting = def.options.find(option => (option as z.ZodType).safeParse(value).success);
      if (fitting !== undefined) return shape(fitting, value);
    }
  }
  throw new Error(`an answer is not as declared: there is an object where a schema says ${def.type}`);
}
