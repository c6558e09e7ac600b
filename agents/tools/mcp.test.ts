import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RemoteToolServer } from '../testing/tool-server.ts';
import { personaWith } from '../testing/tool-service.ts';
import { toolboxFor } from '../testing/tool-turns.ts';
import type { Conversation } from '../think/ports.ts';
import type { TurnTools } from '../think/toolbox.ts';
import { Deeds } from '../think/tools/deeds.ts';
import type { PersonaToolbox, PersonaToolboxDeps } from './toolbox.ts';

const SCRIPT = 'agents/testing/tool-server.ts';
const COMMAND = [process.execPath, SCRIPT];
const SECRET = 'tk-0123456789';
/** As a persona's file has it. */
const variable = (name: string) => `\${${name}}`;

const open: PersonaToolbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(toolbox => toolbox.close()));
});

interface Setting extends Partial<PersonaToolboxDeps> {
  /** The persona's servers. */
  mcp?: object[];
  committed?: Promise<void>;
}

const stock = (more: object = {}) => ({ name: 'stock', command: COMMAND, readOnly: ['find'], ...more });

/** A persona with servers, and turns of it. */
function scene({ mcp = [stock()], committed = Promise.resolve(), ...deps }: Setting = {}) {
  const reports: { problem: string; details: Record<string, unknown> }[] = [];
  const { toolbox, clock, outcomes } = toolboxFor({
    commands: [{ command: COMMAND, env: ['TOOLS', 'TOKEN', 'GREETING', 'DEAF'] }],
    perTurn: 20,
    report: (problem, details) => reports.push({ problem, details: { ...details } }),
    ...deps,
  });
  open.push(toolbox);
  const source = personaWith([], { mcp });
  toolbox.prepare(source);
  toolbox.open(source.persona);
  const controller = new AbortController();
  const deeds = new Deeds();
  const conversation: Conversation = { persona: source.persona, history: [], turn: [], deeds };
  const begin = (options: Partial<{ committed: Promise<void> }> = {}): TurnTools =>
    toolbox.begin(conversation, { signal: controller.signal, committed, ...options })!;
  const granted = begin();
  const names = () => begin().declared.map(({ name }) => name);
  const call = async (name: string, args: object = { id: '7' }, turn = granted) =>
    (await turn.run([{ name, arguments: JSON.stringify(args) }]))[0]!;
  return {
    toolbox,
    clock,
    outcomes,
    reports,
    deeds,
    begin,
    names,
    call,
    abort: () => controller.abort(new Error('called off')),
    /** Its server answers, and its tools are known. */
    known: () => vi.waitUntil(() => names().length > 0, { timeout: 20_000 }),
  };
}

describe('a server of tools', () => {
  it('is started with the conversation; nobody waits for it, and its tools are there when it answers', async () => {
    const { names, known, call, outcomes } = scene();
    expect(names()).toEqual([]);
    await known();
    expect(names()).toContain('stock_find');
    expect(await call('stock_find')).toBe('find 7');
    expect(outcomes).toEqual(['stock_find: ok']);
  });

  it('is shared by personas that declare the same, and ends with the host', async () => {
    const { toolbox, known, names } = scene();
    await known();
    const again = personaWith([], { mcp: [stock()] });
    toolbox.prepare(again);
    const options = { signal: new AbortController().signal, committed: Promise.resolve() };
    expect(toolbox.begin({ persona: again.persona, history: [], turn: [] }, options)!.declared.length).toBe(
      names().length,
    );
    const [pid, ...others] = toolbox.pids;
    expect(others).toEqual([]);
    await toolbox.close();
    expect(() => process.kill(pid!, 0)).toThrow();
  });

  it('[C1] that heeds neither its end of input nor SIGTERM is ended by force', async () => {
    const { toolbox, known } = scene({ mcp: [stock({ env: { DEAF: 'yes' } })] });
    await known();
    const [pid] = toolbox.pids;
    await toolbox.close();
    expect(() => process.kill(pid!, 0)).toThrow();
    expect(toolbox.pids).toEqual([]);
  });

  it('that nobody uses is ended, and started again for whoever comes', async () => {
    const { toolbox, known, clock, names } = scene();
    await known();
    const [before] = toolbox.pids;
    await clock.advance(600_000);
    await vi.waitUntil(() => toolbox.pids.length === 0, { timeout: 10_000 });
    expect(names()).toContain('stock_find');
    await vi.waitUntil(() => toolbox.pids.length === 1, { timeout: 10_000 });
    expect(toolbox.pids).not.toEqual([before]);
  });

  it('may change its tools', async () => {
    const { known, call, names } = scene();
    await known();
    expect(names()).not.toContain('stock_late');
    await call('stock_grow');
    await vi.waitUntil(() => names().includes('stock_late'), { timeout: 10_000 });
  });
});

describe('what a tool of a server answers', () => {
  it.each<[string, string, string]>([
    ['find', 'find 7', 'ok'],
    ['state', '{"state":"sent"}', 'ok'],
    ['picture', '(a picture that cannot be shown)\na teapot', 'ok'],
    ['wrong', 'The tool failed: what the service answered is not of the agreed form.', 'bad-result'],
    ['fail', 'The tool failed, and says: no such order', 'tool-error'],
    ['long', 'The tool failed: what the service answered is too long.', 'bad-result'],
    ['unknown', 'The tool failed, and says: .*nobody knows that', 'tool-error'],
  ])('with %s is told as it is', async (name, told, outcome) => {
    const { known, call, outcomes } = scene({ mcp: [stock({ readOnly: ['find', name] })] });
    await known();
    expect(await call(`stock_${name}`)).toMatch(new RegExp(`^${told.replaceAll(/[()]/g, '\\$&')}$`));
    expect(outcomes).toEqual([`stock_${name}: ${outcome}`]);
  });

  it('is nothing where the arguments are not as its server wants them', async () => {
    const { known, call, outcomes } = scene();
    await known();
    expect(await call('stock_find', { id: 7 })).toBe(
      'The tool was not called, because of its arguments: id must be string.',
    );
    expect(outcomes).toEqual(['stock_find: bad-arguments']);
  });
});

describe('a tool of a server with side effects', () => {
  it('is each that the persona does not say to read only, whatever its server says', async () => {
    const { known, begin, call } = scene({ mcp: [stock({ readOnly: ['find', 'erase'] })] });
    await known();
    const speculation = begin({ committed: new Promise(() => {}) });
    expect(await call('stock_find', {}, speculation)).toBe('find undefined');
    const waiting = [call('stock_reserve', {}, speculation), call('stock_erase', {}, speculation)];
    const first = await Promise.race([...waiting, call('stock_find', {}, begin())]);
    expect(first).toBe('find undefined');
    for (const each of waiting) each.catch(() => {});
  });

  it('[T5] waits until the turn is certain, and is done once', async () => {
    const commitment = Promise.withResolvers<void>();
    const { known, begin, call } = scene();
    await known();
    const turn = begin({ committed: commitment.promise });
    const both = Promise.all([call('stock_reserve', { id: 'a' }, turn), call('stock_reserve', { id: 'a' }, turn)]);
    await call('stock_find');
    commitment.resolve();
    expect(await both).toEqual(['reserved a, 1 in all', 'reserved a, 1 in all']);
    expect(await call('stock_reserve', { id: 'b' })).toBe('reserved b, 2 in all');
  });
});

describe('a server of tools that fails', () => {
  it('by taking too long is told of, and its tool called off', async () => {
    const { known, call, clock, outcomes } = scene({ mcp: [stock({ readOnly: ['never'], timeoutMs: 1000 })] });
    await known();
    const told = call('stock_never');
    await clock.advance(1000);
    expect(await told).toBe('The tool failed: the service did not answer in time.');
    expect(outcomes).toEqual(['stock_never: timeout']);
    expect(await call('stock_find')).toBe('find 7');
  });

  it('by being called off says nothing to anybody', async () => {
    const { known, call, abort, outcomes } = scene({ mcp: [stock({ readOnly: ['never'] })] });
    await known();
    const told = call('stock_never');
    abort();
    await expect(told).rejects.toThrow('called off');
    expect(outcomes).toEqual(['stock_never: cancelled']);
  });

  it('by dying says that it is away, and is started again after a while', async () => {
    const { known, call, names, clock, reports, toolbox } = scene();
    await known();
    const [before] = toolbox.pids;
    expect(await call('stock_die')).toBe(
      'The tool failed: the connection to the service broke. It may have been done all the same.',
    );
    expect(names()).toContain('stock_find');
    expect(await call('stock_find')).toMatch(/^The tool failed: its service is away just now/);
    expect(reports.map(({ details }) => details)).toContainEqual({ server: 'stock', how: 'exit code 3' });
    await clock.advance(2000);
    await vi.waitUntil(() => toolbox.pids.length === 1, { timeout: 10_000 });
    expect(toolbox.pids).not.toEqual([before]);
    await vi.waitUntil(async () => (await call('stock_find')) === 'find 7', { timeout: 10_000 });
  });

  it('by hanging is ended by force and started again', async () => {
    const { known, call, clock, toolbox, reports } = scene({ mcp: [stock({ readOnly: ['hang'], timeoutMs: 1000 })] });
    await known();
    const [before] = toolbox.pids;
    const told = call('stock_hang');
    await clock.advance(1000);
    expect(await told).toMatch(/did not answer in time/);
    await vi.waitUntil(() => reports.some(({ details }) => details.reason === 'it hangs'), { timeout: 20_000 });
    await vi.waitUntil(() => !toolbox.pids.includes(before!), { timeout: 10_000 });
  });

  it('by not being there is tried again, less and less often', async () => {
    const command = ['visavis-no-such-program'];
    const { reports, clock } = scene({ mcp: [stock({ command })], commands: [{ command, env: [] }] });
    const failures = () => reports.filter(({ problem }) => problem.endsWith('does not answer')).length;
    for (const [waitMs, failed] of [
      [0, 1],
      [2000, 2],
      [4000, 3],
    ] as const) {
      await clock.advance(waitMs);
      await vi.waitUntil(() => failures() === failed, { timeout: 10_000 });
    }
    expect(reports[0]!.details).toEqual({ server: 'stock', reason: 'ENOENT' });
  });
});

describe('what a server of tools writes to its standard error', () => {
  it('[P1] is told until it is first called, without secrets, and never afterwards', async () => {
    const env = { GREETING: `ready with ${variable('VISAVIS_TOOL_STOCK')} ${'x'.repeat(400)}` };
    const variables = { VISAVIS_TOOL_STOCK: SECRET };
    const { known, call, reports } = scene({ mcp: [stock({ env })], variables });
    await known();
    expect(await call('stock_complain', { id: 'my heart' })).toBe('written');
    await call('stock_find');
    const lines = reports.flatMap(({ details }) => details.line ?? []);
    expect(lines).toEqual([expect.stringMatching(/^ready with \(hidden\) x+$/)]);
    expect(String(lines[0]).length).toBeLessThan(310);
    expect(JSON.stringify(reports)).not.toContain('heart');
  });
});

describe('which servers a persona may have', () => {
  it.each<[string, object, RegExp]>([
    ['a command that nobody listed', { command: ['sh', '-c', 'true'] }, /^mcp\.0\.command: .*agent\.tools\.commands/],
    ['the beginning of a command', { command: [process.execPath] }, /^mcp\.0\.command: .*agent\.tools\.commands/],
    ['a variable that nobody listed', { env: { LD_PRELOAD: 'x' } }, /^mcp\.0\.env: LD_PRELOAD.*agent\.tools\.commands/],
    [
      'an address that nobody listed',
      { command: undefined, url: 'http://127.0.0.1:9/mcp' },
      /^mcp\.0\.url: .*agent\.tools\.allow/,
    ],
    ['a variable that is not set', { env: { TOKEN: variable('VISAVIS_TOOL_NONE') } }, /^mcp\.0\.env\.TOKEN: .*not set/],
  ])('is not %s; the message says what to change', (_, more, message) => {
    expect(() => scene({ mcp: [stock(more)] })).toThrow(message);
  });

  it.each<[string, object[], RegExp]>([
    ['neither command nor address', [{ name: 'a' }], /either a command or a url/],
    ['both', [{ name: 'a', command: ['x'], url: 'http://a/' }], /either a command or a url/],
    ['one name twice', [stock(), stock()], /there is a stock already/],
    ['a name with an underscore', [stock({ name: 'a_b' })], /lower-case letter/],
    ['what reads only and may not be called', [stock({ tools: ['state'] })], /tools does not have find/],
    ['headers for a command', [stock({ headers: { a: 'b' } })], /are for a url/],
  ])('has not %s', (_, mcp, message) => {
    expect(() => scene({ mcp })).toThrow(message);
  });

  it('are given PATH, what is named for them, and nothing else', async () => {
    const variables = { VISAVIS_TOOL_STOCK: SECRET };
    const env = { TOKEN: variable('VISAVIS_TOOL_STOCK') };
    const { known, call } = scene({ mcp: [stock({ env })], variables, maxResultBytes: 5000 });
    await known();
    expect(JSON.parse(await call('stock_environment'))).toEqual({ PATH: process.env.PATH, TOKEN: '(hidden)' });
  });
});

describe('a list of tools that is made to harm', () => {
  const schema = (more: object = {}) => ({ type: 'object', properties: {}, ...more });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-lists-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const listed = (tools: object[], more: object = {}) => {
    const file = path.join(folder, `${fs.readdirSync(folder).length}.json`);
    fs.writeFileSync(file, JSON.stringify(tools));
    return scene({ mcp: [stock({ readOnly: [], env: { TOOLS: file }, ...more })] });
  };

  it('gives no two tools one name, nor one that endpoints refuse', async () => {
    const { known, names } = listed(
      ['a b', 'a/b', 'a.b\n', 'x'.repeat(80), 'ok'].map(name => ({ name, inputSchema: schema() })),
    );
    await known();
    expect(names()).toEqual(['stock_a_b', 'stock_a_b_', 'stock_ok']);
  });

  it('has no more than so many, of those that the persona names', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ name: `t${i}`, inputSchema: schema() }));
    const all = listed(many);
    await all.known();
    expect(all.names()).toHaveLength(32);
    expect(all.reports.map(({ details }) => details)).toContainEqual({ server: 'stock', count: 168 });
    const some = listed(many, { tools: ['t150', 't3'] });
    await some.known();
    expect(some.names()).toEqual(['stock_t3', 'stock_t150']);
  });

  it('has no schema that is too large, leads elsewhere or is none; others stay', async () => {
    const deep = Array.from({ length: 900 }).reduce<object>(inner => ({ not: inner }), {});
    const { known, names, reports } = listed([
      { name: 'large', inputSchema: schema({ description: 'x'.repeat(9000) }) },
      { name: 'far', inputSchema: schema({ $ref: 'https://example.com/schema' }) },
      { name: 'deep', inputSchema: schema({ properties: { a: deep } }) },
      { name: 'none', inputSchema: schema({ properties: { a: { type: 'thing' } } }) },
      { name: 'own', inputSchema: schema({ $schema: 'http://json-schema.org/draft-07/schema#', 'x-own': 1 }) },
    ]);
    await known();
    expect(names()).toEqual(['stock_own']);
    expect(reports.map(({ details }) => details)).toContainEqual({ server: 'stock', count: 4 });
  });

  it('has descriptions on one line, of a length that is taken', async () => {
    const { known, begin } = listed([
      { name: 'a', description: `one\ntwo ${'x'.repeat(5000)}`, inputSchema: schema() },
    ]);
    await known();
    const { description } = begin().declared[0]!;
    expect(description).toMatch(/^one two x+$/);
    expect(description).toHaveLength(1024);
  });

  it('with a pattern that takes for ever is stopped', async () => {
    const inputSchema = schema({ properties: { id: { type: 'string', pattern: '^(a+)+$' } } });
    const { known, call } = listed([{ name: 'a', inputSchema }]);
    await known();
    expect(await call('stock_a', { id: `${'a'.repeat(40)}!` })).toMatch(/it takes too long to check/);
  });
});

describe('a server of tools over HTTP', () => {
  let remote: RemoteToolServer;
  beforeEach(async () => {
    remote = new RemoteToolServer();
    await remote.open();
  });
  afterEach(() => remote.close());
  const at = (more: object = {}) => ({ name: 'shop', url: remote.url, readOnly: ['find', 'never'], ...more });
  const far = (more: object = {}, deps: Setting = {}) =>
    scene({ mcp: [at(more)], allow: [new URL(remote.url).origin], ...deps });

  // A check has a bound of real time, which a busy machine may take from it.
  it('is asked with its headers, and its tools are called', { retry: 2 }, async () => {
    const variables = { VISAVIS_TOOL_SHOP: SECRET };
    const { known, call } = far(
      { headers: { authorization: `Bearer ${variable('VISAVIS_TOOL_SHOP')}` } },
      { variables },
    );
    await known();
    expect(await call('shop_find')).toBe('find 7');
    for (const { headers } of remote.asked) expect(headers.authorization).toBe(`Bearer ${SECRET}`);
  });

  it('beside another has tools of its own, whatever they are called', async () => {
    const { call, names } = far({}, { mcp: [at(), stock()] });
    await vi.waitUntil(() => names().includes('shop_find') && names().includes('stock_find'), { timeout: 20_000 });
    expect(await Promise.all([call('shop_reserve'), call('stock_reserve')])).toEqual([
      'reserved 7, 1 in all',
      'reserved 7, 1 in all',
    ]);
    expect(remote.tools.reserved).toBe(1);
  });

  it('is told when a call is called off', async () => {
    const { known, call, abort } = far();
    await known();
    const told = call('shop_never');
    await vi.waitUntil(() => remote.asked.some(({ message }) => message?.params?.name === 'never'));
    abort();
    await expect(told).rejects.toThrow('called off');
    await vi.waitUntil(() => remote.tools.cancelled.length === 1, { timeout: 10_000 });
  });

  it('leads nowhere else: redirects are not followed', async () => {
    const { known, call, outcomes } = far();
    await known();
    const elsewhere = new RemoteToolServer();
    await elsewhere.open();
    try {
      remote.instead = { status: 307, location: elsewhere.url };
      expect(await call('shop_find')).toBe('The tool failed: the service answered with status 307.');
      expect(outcomes).toEqual(['shop_find: http-error']);
      expect(elsewhere.asked).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  it('is reached at no private address, whatever its name stands for', async () => {
    const url = remote.url.replace('127.0.0.1', 'shop.example');
    const lookup = ((_host: string, _options: object, callback: (...told: unknown[]) => void) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }])) as never;
    const { reports } = scene({ mcp: [{ name: 'shop', url }], allow: [url], lookup });
    await vi.waitUntil(() => reports.length > 0, { timeout: 10_000 });
    expect(reports[0]!.details).toMatchObject({ server: 'shop', reason: 'AddressRefused' });
    expect(remote.asked).toEqual([]);
  });

  it('that fails says how', async () => {
    const { known, call } = far();
    await known();
    remote.instead = { status: 500 };
    expect(await call('shop_find')).toBe('The tool failed: the service answered with status 500.');
  });
});
