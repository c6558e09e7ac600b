import { z } from 'zod';
import { compileSchema, type JsonSchema, JsonSchemaError } from './json-schema.ts';
import { UrlTemplate } from './url-template.ts';

/** What a model calls to give somebody to another persona: no tool of others has this name. */
export const HAND_OVER = 'hand_over';
/** Variables of the host's environment that a header may name begin with this. */
export const TOOL_VARIABLE_PREFIX = 'VISAVIS_TOOL_';
/** A variable within a header's value. */
export const HEADER_VARIABLE = /\$\{([^{}]*)\}/g;

/** Headers that belong to the connection, or to the body that is sent. */
const OWN_HEADERS =
  /^(?:host|content-.*|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|proxy-.*|accept-encoding)$/i;
/** With these nothing is sent but the address. */
const BODILESS = new Set(['GET', 'DELETE']);
/** Keywords that bring properties from elsewhere. */
const COMPOSING = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];

const Schema = z.record(z.string(), z.unknown()).superRefine((schema, context) => {
  try {
    compileSchema(schema);
  } catch (error) {
    const path = error instanceof JsonSchemaError ? [...error.path] : [];
    context.addIssue({ code: 'custom', path, message: (error as Error).message });
  }
});

const Parameters = Schema.superRefine(({ type, properties }, context) => {
  if (type !== 'object') context.addIssue({ code: 'custom', path: ['type'], message: 'must be object' });
  if (properties !== undefined && !isObject(properties))
    context.addIssue({ code: 'custom', path: ['properties'], message: 'must be a map' });
}).transform(schema =>
  // What nobody declared is a slip of the model's, unless the schema says otherwise.
  'additionalProperties' in schema || COMPOSING.some(key => key in schema)
    ? schema
    : { ...schema, additionalProperties: false },
);

/** Headers of requests. Their values may name variables, and hold none. */
export const ToolHeaders = z.record(
  z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'is no name of a header')
    .refine(name => !OWN_HEADERS.test(name), 'is set by the connection'),
  z
    .string()
    .max(1024)
    .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII')
    .superRefine((value, context) => {
      for (const [, name = ''] of value.matchAll(HEADER_VARIABLE))
        if (!/^VISAVIS_TOOL_[A-Z0-9_]+$/.test(name))
          context.addIssue({ code: 'custom', message: `variables begin with ${TOOL_VARIABLE_PREFIX}: not ${name}` });
    }),
);

const Declaration = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, underscores or dashes')
      .refine(name => name !== HAND_OVER, `${HAND_OVER} is the tool that gives people to another persona`),
    /** For the model: what it does, and when to use it. */
    description: z.string().min(1).max(1024),
    /** What its arguments must be. */
    parameters: Parameters.prefault({ type: 'object', properties: {} }),
    /** What its answer must be; by default any JSON or text. */
    result: Schema.optional(),
    url: z.string().max(2048),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    headers: ToolHeaders.default({}),
    timeoutMs: z.number().int().min(100).max(30_000).default(3000),
    /** By default true for everything but GET. */
    sideEffects: z.boolean().optional(),
  })
  .superRefine((tool, context) => {
    for (const message of addressProblems(tool)) context.addIssue({ code: 'custom', path: ['url'], message });
  })
  .transform(tool => ({ ...tool, sideEffects: tool.sideEffects ?? tool.method !== 'GET' }));

/** What a persona's file says of a tool. Holds no secrets: headers name variables. */
export type ToolDeclaration = z.output<typeof Declaration>;

/** The tools of one persona. */
export const ToolDeclarations = z
  .array(Declaration)
  .min(1)
  .max(16)
  .superRefine((tools, context) => {
    for (const [i, { name }] of tools.entries())
      if (tools.findIndex(other => other.name === name) < i)
        context.addIssue({ code: 'custom', path: [i, 'name'], message: `there is a ${name} already` });
  });

/** Arguments that only the body can hold are of no use to a method without one. */
function addressProblems({ url, method, parameters }: { url: string; method: string; parameters: JsonSchema }) {
  let template: UrlTemplate;
  try {
    template = new UrlTemplate(url);
  } catch (error) {
    return [(error as Error).message];
  }
  const properties = Object.keys(isObject(parameters.properties) ? parameters.properties : {});
  const required = Array.isArray(parameters.required) ? parameters.required : [];
  return [
    ...[...template.names].filter(name => !properties.includes(name)).map(name => `parameters has no ${name}`),
    ...[...template.pathNames]
      .filter(name => !required.includes(name))
      .map(name => `${name} stands in the path: parameters.required must name it`),
    ...(BODILESS.has(method) ? properties : [])
      .filter(name => !template.names.has(name))
      .map(name => `${method} has no body: the address must hold {${name}}`),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
