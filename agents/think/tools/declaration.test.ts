import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PersonaError, readPersona } from '../persona-file.ts';

const BASE = `name: Mo
description: A mole.
avatar: mo
voice: slt
greeting: Hi.
script: mo.rive
instructions: Be a mole.
tools:
`;
/** Its first line is the file's ninth. */
const ORDER = `  - name: order_status
    description: Where an order is.
    parameters:
      type: object
      properties:
        order: { type: string }
      required: [order]
    url: https://shop.example/orders/{order}
`;

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'personas-'));
  fs.writeFileSync(path.join(folder, 'mo.rive'), '+ *\n- Dig!\n');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function read(tools: string) {
  const file = path.join(folder, 'mo.yaml');
  fs.writeFileSync(file, BASE + tools);
  return readPersona(file).persona.tools;
}

describe('tools in a persona file', () => {
  it('are read, and what may be left out is filled in', () => {
    expect(read(ORDER)).toEqual([
      {
        name: 'order_status',
        description: 'Where an order is.',
        parameters: {
          type: 'object',
          properties: { order: { type: 'string' } },
          required: ['order'],
          additionalProperties: false,
        },
        url: 'https://shop.example/orders/{order}',
        method: 'GET',
        headers: {},
        timeoutMs: 3000,
        sideEffects: false,
      },
    ]);
    expect(read('  - { name: ring, description: Rings., url: "https://a/bell", method: POST }\n')).toMatchObject([
      { parameters: { type: 'object', properties: {} }, sideEffects: true },
    ]);
  });

  it.each([
    ['GET', undefined, false],
    ['GET', true, true],
    ['POST', undefined, true],
    ['POST', false, false],
    ['PUT', undefined, true],
    ['PATCH', undefined, true],
    ['DELETE', undefined, true],
  ])('with %s and sideEffects %s have side effects: %s', (method, declared, expected) => {
    const more = declared === undefined ? '' : `    sideEffects: ${declared}\n`;
    expect(read(`${ORDER}    method: ${method}\n${more}`)?.[0]?.sideEffects).toBe(expected);
  });

  it('may say themselves what else may be given', () => {
    const open = ORDER.replace('required:', 'additionalProperties: true\n      required:');
    expect(read(open)?.[0]?.parameters.additionalProperties).toBe(true);
    const composed = ORDER.replace('required:', 'allOf: [{ minProperties: 1 }]\n      required:');
    expect(read(composed)?.[0]?.parameters).not.toHaveProperty('additionalProperties');
  });

  it.each<[string, string, string]>([
    ['a name that no endpoint takes', ORDER.replace('order_status', 'order status'), '9: tools.0.name: '],
    ['a name twice', ORDER + ORDER, '17: tools.1.name: there is a order_status already'],
    ['no description', ORDER.replace(/^ +description.*\n/m, ''), '9: tools.0.description: '],
    ['a key that nobody knows', `${ORDER}    retries: 3\n`, '17: tools.0.retries: '],
    ['an unknown method', `${ORDER}    method: TRACE\n`, '17: tools.0.method: '],
    ['too much time', `${ORDER}    timeoutMs: 60000\n`, '17: tools.0.timeoutMs: '],
    ['too little time', `${ORDER}    timeoutMs: 1\n`, '17: tools.0.timeoutMs: '],
    ['arguments that are no object', ORDER.replace('type: object', 'type: array'), '12: tools.0.parameters.type: '],
    [
      'a type that is none',
      ORDER.replace('type: string', 'type: text'),
      '14: tools.0.parameters.properties.order.type: ',
    ],
    ['a keyword that is none', ORDER.replace('required:', 'require:'), '12: tools.0.parameters: .*require'],
    ['a pattern that is none', ORDER.replace('type: string', 'pattern: "("'), '12: tools.0.parameters: .*regular'],
    [
      'a schema from elsewhere',
      ORDER.replace('type: string', '$ref: "https://a/b"'),
      '12: tools.0.parameters: .*https',
    ],
    ['a result of no type', `${ORDER}    result: { type: thing }\n`, '17: tools.0.result.type: '],
    ['a result that is no schema', `${ORDER}    result: yes, please\n`, '17: tools.0.result: '],
    ['an address that is none', ORDER.replace('https://', ''), '16: tools.0.url: must be http'],
    ['a host that is chosen by the model', ORDER.replace('shop.example', '{order}'), '16: tools.0.url: '],
    ['a placeholder that is no argument', ORDER.replace('/{order}', '/{id}'), '16: tools.0.url: parameters has no id'],
    [
      'a path that may lack a piece',
      ORDER.replace(/^ +required.*\n/m, ''),
      '15: tools.0.url: order stands in the path: parameters.required must name it',
    ],
    [
      'an argument that goes nowhere',
      ORDER.replace('/{order}', ''),
      '16: tools.0.url: GET has no body: the address must hold {order}',
    ],
    ['a header of the connection', `${ORDER}    headers: { Host: evil.example }\n`, '17: tools.0.headers.Host: '],
    ['a header that is none', `${ORDER}    headers: { "a b": c }\n`, '17: tools.0.headers.a b: '],
    ['a header with a line break', `${ORDER}    headers: { a: "b\\r\\nc: d" }\n`, '17: tools.0.headers.a: '],
    [
      'a variable of somebody else',
      `${ORDER}    headers: { authorization: "Bearer \${OPENAI_API_KEY}" }\n`,
      '17: tools.0.headers.authorization: variables begin with VISAVIS_TOOL_',
    ],
    ['an empty list', '  []\n', '9: tools: '],
  ])('name the line and the key of %s', (_, tools, named) => {
    let message = '';
    try {
      read(tools);
    } catch (error) {
      expect(error).toBeInstanceOf(PersonaError);
      message = (error as Error).message.slice(folder.length + 1);
    }
    const pattern = named.replaceAll(/[.?{}]/g, character => (character === '.' ? '.' : `\\${character}`));
    expect(message).toMatch(new RegExp(`^mo.yaml:${pattern}`));
  });
});
