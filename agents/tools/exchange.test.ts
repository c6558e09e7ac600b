import { describe, expect, it } from 'vitest';
import { json, ToolService } from '../testing/tool-service.ts';
import { serviceForEach } from '../testing/tool-turns.ts';

let service: ToolService;
const { order, booking, turn } = serviceForEach(each => {
  service = each;
});

describe('what a service does wrongly is told to the model in one sentence', () => {
  const huge = 'x'.repeat(2000);
  it.each<[string, ToolService['answer'], RegExp, string]>([
    ['a status', response => json(response, { secret: 'details' }, 404), /answered with status 404\.$/, 'http-error'],
    [
      'a redirect',
      response => response.writeHead(302, { location: '/elsewhere' }).end(),
      /status 302\.$/,
      'http-error',
    ],
    ['too much', response => json(response, huge), /is too long\.$/, 'bad-result'],
    [
      'no JSON',
      response => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a'),
      /is no JSON\.$/,
      'bad-result',
    ],
    [
      'a picture',
      response => response.writeHead(200, { 'content-type': 'image/png' }).end('x'),
      /neither JSON nor text\.$/,
      'bad-result',
    ],
    ['something without a type', response => response.end('x'), /neither JSON nor text\.$/, 'bad-result'],
    [
      'bytes that are no text',
      response => response.writeHead(200, { 'content-type': 'text/plain' }).end(Buffer.from([0xc3, 0x28])),
      /no UTF-8/,
      'bad-result',
    ],
    [
      'something compressed',
      response => response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end('x'),
      /is compressed/,
      'bad-result',
    ],
    ['a line that breaks', response => response.destroy(), /connection to the service broke\.$/, 'network'],
    [
      'an answer that breaks',
      response => {
        response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '9' });
        response.write('x', () => response.destroy());
      },
      /connection to the service broke\.$/,
      'network',
    ],
  ])('%s', async (_, answer, told, outcome) => {
    service.answer = answer;
    const { run, outcomes } = turn([order()]);
    const [said] = await run(['order', { id: '1' }]);
    expect(said).toMatch(/^The tool failed: [^.]*\.$/);
    expect(said).toMatch(told);
    expect(outcomes).toEqual([`order: ${outcome}`]);
    // A redirect is not followed.
    expect(service.calls).toHaveLength(1);
  });

  it.each([
    ['does not fit the agreed form', { state: 7 }, 'bad-result'],
    ['fits it', { state: 'sent' }, 'ok'],
  ])('an answer that %s', async (_, value, outcome) => {
    service.answer = response => json(response, value);
    const result = { type: 'object', properties: { state: { enum: ['sent', 'open'] } }, required: ['state'] };
    const { run, outcomes } = turn([order({ result })]);
    const [told] = await run(['order', { id: '1' }]);
    expect(told).toBe(
      outcome === 'ok' ? '{"state":"sent"}' : 'The tool failed: what the service answered is not of the agreed form.',
    );
    expect(outcomes).toEqual([`order: ${outcome}`]);
  });

  it('an answer nested so deeply that nobody can check it', async () => {
    const depth = 30_000;
    service.answer = response =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('['.repeat(depth) + ']'.repeat(depth));
    const result = { $ref: '#/$defs/list', $defs: { list: { type: 'array', items: { $ref: '#/$defs/list' } } } };
    const { run, outcomes } = turn([order({ result })], { maxResultBytes: 1_000_000 });
    expect((await run(['order', { id: '1' }]))[0]).toMatch(/^The tool failed/);
    expect(outcomes).toEqual(['order: bad-result']);
  });

  it('an answer, or arguments, nested so deeply that nobody can write them down', async () => {
    const nested = '['.repeat(200_000) + ']'.repeat(200_000);
    service.answer = response => response.writeHead(200, { 'content-type': 'application/json' }).end(nested);
    const { run, outcomes } = turn([order({ parameters: { type: 'object' }, url: `${service.origin}/x` })], {
      maxResultBytes: 1_000_000,
    });
    expect(await run(['order', '{}'], ['order', `{"a":${nested}}`])).toEqual([
      'The tool failed: what the service answered is nested too deeply.',
      'The tool was not called: its arguments are nested too deeply.',
    ]);
    expect(outcomes.toSorted()).toEqual(['order: bad-arguments', 'order: bad-result']);
  });

  it.each([
    [
      'that backtracks',
      { type: 'object', properties: { id: { type: 'string', pattern: '^(a+)+$' } } },
      `${'a'.repeat(60)}!`,
    ],
    [
      'that compares all with all',
      { type: 'object', properties: { id: { type: 'array', uniqueItems: true } } },
      Array.from({ length: 5000 }, (_, i) => ({ a: [i, 'x'.repeat(3)] })),
    ],
  ])('a check %s: it is stopped', async (_, parameters, id) => {
    const { run, outcomes } = turn([order({ parameters, method: 'POST', url: `${service.origin}/x` })]);
    expect((await run(['order', { id }]))[0]).toMatch(
      /^The tool was not called, because of its arguments: it takes too long/,
    );
    expect(outcomes).toEqual(['order: bad-arguments']);
  });

  it('many checks of one turn: they have their time together, and the next turn has its own', async () => {
    const parameters = { type: 'object', properties: { id: { type: 'string', pattern: '^(\\w+\\s?)*$' } } };
    const { run, begin, outcomes } = turn([order({ parameters, method: 'POST', url: `${service.origin}/x` })], {
      perTurn: 7,
    });
    const before = process.cpuUsage();
    const slow = Array.from({ length: 6 }, (): [string, unknown] => ['order', { id: `${'a'.repeat(60)}!` }]);
    const told = await run(...slow);
    // Of the processor, not of the clock: others may want the machine, too.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
    expect(await run(['order', { id: 'a' }])).toEqual([told[0]]);
    expect(new Set(told)).toEqual(
      new Set(['The tool was not called, because of its arguments: it takes too long to check.']),
    );
    expect(outcomes).toEqual(Array(7).fill('order: bad-arguments'));
    expect(await begin().run([{ name: 'order', arguments: '{"id":"a"}' }])).toEqual(['{"ok":true}']);
  });

  it('an answer that there is no time left to check', async () => {
    const hostile = { type: 'string', pattern: '^(\\w+\\s?)*$' };
    service.answer = response => json(response, `${'a'.repeat(60)}!`);
    const { run, outcomes } = turn([booking({ result: hostile })]);
    expect(await run(['book', { at: 'noon' }])).toEqual([
      'The tool failed: what the service answered takes too long to check. It may have been done all the same.',
    ]);
    expect(await run(['book', { at: 'one' }])).toEqual([
      'The tool was not called, because of its arguments: it takes too long to check.',
    ]);
    expect(outcomes).toEqual(['book: bad-result', 'book: bad-arguments']);
  });

  it('nobody at home', async () => {
    const gone = new ToolService();
    await gone.open();
    const { origin } = gone;
    await gone.close();
    const { run, outcomes } = turn([booking({ url: `${origin}/x` })], { allow: [origin] });
    // Nothing was sent, so nothing can have been done.
    expect(await run(['book', { at: 'noon' }])).toEqual(['The tool failed: the service could not be reached.']);
    expect(outcomes).toEqual(['book: network']);
  });

  it.each<[string, ToolService['answer']]>([
    ['says nothing', () => {}],
    ['begins and does not go on', response => response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders()],
    [
      'ends never',
      response => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write('x');
      },
    ],
  ])('a service that %s: its time is over, and it is hung up on', async (_, answer) => {
    service.answer = answer;
    const { run, clock, outcomes } = turn([order({ timeoutMs: 700 })]);
    const told = run(['order', { id: '1' }]);
    await service.until(() => service.calls.length === 1);
    await clock.advance(699);
    expect(outcomes).toEqual([]);
    await clock.advance(1);
    expect(await told).toEqual(['The tool failed: the service did not answer in time.']);
    expect(outcomes).toEqual(['order: timeout']);
    await service.until(() => service.hungUp === 1);
    expect(clock.pending).toBe(0);
  });

  it('a service that sends without end is hung up on once it has sent too much', async () => {
    service.answer = response => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = () => void (response.destroyed || response.write('x'.repeat(500), more));
      more();
    };
    expect((await turn([order()]).run(['order', { id: '1' }]))[0]).toMatch(/too long/);
    await service.until(() => service.hungUp === 1);
  });

  it('and that something may have been done, where that is so', async () => {
    const unsure = /It may have been done all the same\.$/;
    service.answer = response => json(response, {}, 500);
    expect((await turn([booking()]).run(['book', { at: 'noon' }]))[0]).toMatch(unsure);
    service.answer = response => json(response, {}, 409);
    expect((await turn([booking()]).run(['book', { at: 'noon' }]))[0]).not.toMatch(unsure);
    service.answer = response => response.destroy();
    expect((await turn([booking()]).run(['book', { at: 'noon' }]))[0]).toMatch(unsure);
  });
});
