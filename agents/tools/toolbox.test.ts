import { describe, expect, it } from 'vitest';
import { seeded } from '../face/random.ts';
import { json, personaWith, type ToolService } from '../testing/tool-service.ts';
import { serviceForEach, toolboxFor } from '../testing/tool-turns.ts';

const SECRET = 'tk-0123456789';
const VARIABLE = 'VISAVIS_TOOL_SHOP';
/** As a persona's file has it. */
const NAMED = `\${${VARIABLE}}`;

let service: ToolService;
const { order, booking, turn } = serviceForEach(each => {
  service = each;
});

describe('a tool', () => {
  it('is asked over HTTP, and its answer is what the model is told', async () => {
    service.answer = response => json(response, { state: 'sent', day: 'Monday' });
    const { run, outcomes } = turn([order()]);
    expect(await run(['order', { id: 'A 7' }])).toEqual(['{"state":"sent","day":"Monday"}']);
    expect(service.calls).toMatchObject([{ method: 'GET', target: '/orders/A%207', body: '' }]);
    expect(outcomes).toEqual(['order: ok']);
  });

  it('is sent in a body what its address does not hold', async () => {
    const tool = booking({ url: `${service.origin}/tables/{at}`, method: 'PUT' });
    await turn([tool]).run(['book', { at: 'noon', people: 2 }]);
    expect(service.calls).toMatchObject([{ method: 'PUT', target: '/tables/noon', body: '{"people":2}' }]);
    expect(service.calls[0]!.headers['content-type']).toBe('application/json');
  });

  it('may answer with text, or with nothing', async () => {
    service.answer = response =>
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('Größe 7');
    expect(await turn([order()]).run(['order', { id: '1' }])).toEqual(['Größe 7']);
    service.answer = response => response.writeHead(204).end();
    expect(await turn([booking()]).run(['book', { at: 'noon' }])).toEqual(['Done. The service had nothing to say.']);
  });

  it('is declared to the model without address and headers', () => {
    const { granted } = turn([order({ headers: { 'x-key': 'k' } })]);
    expect(Object.keys(granted.declared[0]!)).toEqual(['name', 'description', 'parameters']);
  });

  it('that asks for nothing may be called with no arguments at all', async () => {
    const bell = { name: 'ring', description: 'Rings.', url: `${service.origin}/bell` };
    expect(await turn([bell]).run(['ring', ''])).toEqual(['{"ok":true}']);
  });

  it('is called beside others that were asked for at once', async () => {
    const responses: (() => void)[] = [];
    service.answer = (response, { target }) => responses.push(() => json(response, target));
    const { run } = turn([order()]);
    const told = run(['order', { id: '1' }], ['order', { id: '2' }], ['order', { id: '3' }]);
    await service.until(() => service.calls.length === 3);
    for (const respond of responses.reverse()) respond();
    expect(await told).toEqual(['/orders/1', '/orders/2', '/orders/3']);
  });
});

describe('what the model asks for wrongly', () => {
  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{"id": ', /arguments are no JSON/],
    ['no object', '[1]', /it must be object/],
    ['a type that does not fit', { id: 7 }, /id must be string/],
    ['a missing argument', {}, /must have required property 'id'/],
    ['an argument that nobody declared', { id: '1', admin: true }, /must NOT have additional properties \(admin\)/],
    ['an argument that climbs', { id: '..' }, /dots only/],
    ['an argument that breaks out', { id: '1/../../admin' }, /slashes/],
  ])('is told, and nothing is sent: %s', async (_, args, told) => {
    const { run, outcomes } = turn([order()]);
    const [answer] = await run(['order', args]);
    expect(answer).toMatch(/^The tool was not called/);
    expect(answer).toMatch(told);
    expect(outcomes).toEqual(['order: bad-arguments']);
    expect(service.calls).toEqual([]);
  });

  it('may be a tool that does not exist', async () => {
    const { run, outcomes } = turn([order()]);
    expect(await run(['constructor', {}])).toEqual(['The tool failed: there is none of this name.']);
    expect(outcomes).toEqual(['other: bad-arguments']);
  });

  it('may be too much: calls beyond the limit are refused, the wrong ones counted', async () => {
    const { run, granted, outcomes } = turn([order()], { perTurn: 3 });
    await run(['order', 'oops']);
    expect(granted.spent).toBe(false);
    const told = await run(['order', { id: '1' }], ['order', { id: '2' }], ['order', { id: '3' }]);
    expect(granted.spent).toBe(true);
    expect(told[2]).toMatch(/^No tool may be used any more/);
    expect(service.calls.map(({ target }) => target)).toEqual(['/orders/1', '/orders/2']);
    expect(outcomes.filter(outcome => outcome === 'order: refused-limit')).toHaveLength(1);
  });

  it('never leaves the origin and the path, whatever it is', async () => {
    const random = seeded(3);
    const pieces = [
      '.',
      '..',
      '/',
      '\\',
      '%2e',
      '%2f',
      '?',
      '#',
      '@',
      ':',
      '\r\n',
      'Host: x',
      '{id}',
      '"',
      '\u0000',
      'a',
      '7',
      'é',
      '\ud800',
      ' ',
    ];
    const piece = () =>
      Array.from({ length: 1 + Math.floor(random() * 5) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
    const values = () =>
      [piece(), random(), null, true, [piece()], { id: piece() }][Math.floor(random() * 9)] ?? piece();
    const { begin, outcomes } = turn([order(), booking()], {
      allow: [`${service.origin}/orders`, `${service.origin}/tables`],
    });
    for (let i = 0; i < 150; i++) {
      const args = JSON.stringify({ [random() < 0.9 ? 'id' : piece()]: values() });
      const broken = random() < 0.1 ? args.slice(0, -2) : args;
      const told = await begin().run([
        { name: 'order', arguments: broken },
        { name: 'book', arguments: JSON.stringify({ at: values() }) },
      ]);
      for (const answer of told) expect(answer).toMatch(/^(?:The tool was not called|\{"ok":true\}$)/);
    }
    for (const { method, target, headers } of service.calls) {
      expect(target).toMatch(method === 'GET' ? /^\/orders\/[^/?#]+$/ : /^\/tables$/);
      expect(`http://${headers.host}`).toBe(service.origin);
    }
    expect(service.calls.length).toBeGreaterThan(50);
    expect(new Set(outcomes)).toEqual(
      new Set(['order: ok', 'order: bad-arguments', 'book: ok', 'book: bad-arguments']),
    );
  });
});

describe('which tools a persona may have', () => {
  it('are those whose targets the operator listed; the message says what to set', () => {
    const { toolbox } = toolboxFor({ allow: ['https://other.example'] });
    expect(() => toolbox.prepare(personaWith([order()]))).toThrow(
      /^tools\.0\.url: http:\/\/127\.0\.0\.1:\d+\/orders\/\{id\} is no allowed target.*agent\.tools\.allow/,
    );
  });

  it('are none by default', () => {
    expect(() => toolboxFor().toolbox.prepare(personaWith([order()]))).toThrow('agent.tools.allow');
  });

  it('and personas without any have no tools at all', () => {
    const { toolbox } = toolboxFor();
    const source = personaWith([order()]);
    const { tools: _, ...persona } = source.persona;
    toolbox.prepare({ ...source, persona });
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    expect(toolbox.begin({ persona, history: [], turn: [] }, options)).toBeUndefined();
  });
});

describe('secrets', () => {
  const guarded = () => order({ headers: { authorization: `Bearer ${NAMED}`, 'x-shop': 'main' } });
  const variables = { VISAVIS_TOOL_SHOP: SECRET };

  it('of the host’s environment go into headers, and nowhere else', async () => {
    const { run, granted } = turn([guarded()], { variables });
    await run(['order', { id: '1' }]);
    expect(service.calls[0]!.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'x-shop': 'main' });
    expect(JSON.stringify(granted.declared)).not.toContain(SECRET);
    expect(JSON.stringify(personaWith([guarded()]))).not.toContain(SECRET);
  });

  it.each<[string, ToolService['answer']]>([
    ['an answer', (response, { headers }) => json(response, { sent: headers })],
    [
      'text',
      (response, { headers }) =>
        response.writeHead(200, { 'content-type': 'text/plain' }).end(`<${headers.authorization}>`),
    ],
    ['a status', (response, { headers }) => response.writeHead(401, headers.authorization).end()],
  ])('are not told to the model when a service sends them back in %s', async (_, answer) => {
    service.answer = answer;
    const { run, deeds } = turn([guarded()], { variables });
    const [told] = await run(['order', { id: '1' }]);
    expect(told).not.toContain(SECRET);
    expect(deeds.told() ?? '').not.toContain(SECRET);
  });

  it('are not in the arguments’ reach', async () => {
    const tool = booking({ headers: { 'x-at': '{at}' } });
    await turn([tool], { variables }).run(['book', { at: NAMED }]);
    expect(service.calls[0]!.headers['x-at']).toBe('{at}');
    expect(service.calls[0]!.body).toBe(JSON.stringify({ at: NAMED }));
  });

  it.each([
    ['is not set', {}, /headers\.authorization: VISAVIS_TOOL_SHOP is not set/],
    ['is empty', { VISAVIS_TOOL_SHOP: '' }, /VISAVIS_TOOL_SHOP is not set/],
    [
      'holds a line break',
      { VISAVIS_TOOL_SHOP: `${SECRET}\r\nx: y` },
      /VISAVIS_TOOL_SHOP holds what no header may hold/,
    ],
  ])('that %s refuse the persona, unsaid', (_, set, problem) => {
    const { toolbox } = toolboxFor({ allow: [service.origin], variables: set });
    let message = '';
    try {
      toolbox.prepare(personaWith([guarded()]));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(problem);
    expect(message).not.toContain(SECRET);
  });
});
