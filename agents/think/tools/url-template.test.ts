import { describe, expect, it } from 'vitest';
import { seeded } from '../../face/random.ts';
import { UrlTemplate, UrlTemplateError, UrlValueError } from './url-template.ts';

const expand = (template: string, values: Record<string, unknown>) => new UrlTemplate(template).expand(values).href;
const ORDER = 'https://shop.example/orders/{id}/state';

describe('an address with placeholders', () => {
  it('holds its arguments in path and query', () => {
    expect(expand('http://a:8080/x/{id}?q={q}&page={page}&fixed=1', { id: 7, q: 'red & blue', page: true })).toBe(
      'http://a:8080/x/7?q=red%20%26%20blue&page=true&fixed=1',
    );
    expect(expand('http://a', {})).toBe('http://a/');
  });

  it('leaves out of the query what is not given', () => {
    expect(expand('http://a/x?q={q}&page={page}', { q: 'red' })).toBe('http://a/x?q=red');
    expect(expand('http://a/x?q={q}', { q: null })).toBe('http://a/x');
  });

  it.each([
    ['a placeholder in the host', 'https://{host}/x'],
    ['one in a part of the host', 'https://{tenant}.example.com/x'],
    ['one in the port', 'https://a:{port}/x'],
    ['one for the scheme', '{scheme}://a/x'],
    ['a password', 'https://me:secret@a/x'],
    ['a placeholder before the host', 'https://{user}@a/x'],
    ['another scheme', 'file:///etc/passwd'],
    ['no scheme', 'a/x'],
    ['a fragment', 'https://a/x#{id}'],
    ['a backslash', 'https://a\\{id}'],
    ['white space', 'https://a/x y'],
    ['a line break', 'https://a/x\n/y'],
    ['a path that climbs', 'https://a/x/../{id}'],
    ['a path that climbs in code', 'https://a/%2e%2e/{id}'],
    ['a brace that is left open', 'https://a/{id'],
    ['braces within braces', 'https://a/{{id}}'],
    ['braces around what is no name', 'https://a/{a b}'],
    ['a host that is none', 'https://[::1/x'],
  ])('cannot have %s', (_, template) => expect(() => new UrlTemplate(template)).toThrow(UrlTemplateError));

  it.each([
    ['..', 'dots'],
    ['.', 'dots'],
    ['', 'empty'],
    ['../admin', 'slashes'],
    ['..\\admin', 'slashes'],
    ['1/../../admin', 'slashes'],
    ['%2e%2e%2fadmin', 'slashes'],
    ['..%5Cadmin', 'slashes'],
    ['1\r\nHost: evil.example', 'control'],
    ['1\u0000', 'control'],
    ['\ud800', 'no text'],
    [undefined, 'empty'],
    [null, 'empty'],
    [{ a: 1 }, 'must be text'],
    [['1'], 'must be text'],
  ])('takes no %j for a piece of its path', (id, problem) => {
    expect(() => expand(ORDER, { id })).toThrow(UrlValueError);
    expect(() => expand(ORDER, { id })).toThrow(problem);
  });

  it('does not let two arguments make dots together', () => {
    expect(() => expand('https://a/x/{a}{b}/y', { a: '.', b: '.' })).toThrow(UrlValueError);
    expect(() => expand('https://a/x/.{a}', { a: '.' })).toThrow(UrlValueError);
  });

  it.each([
    ['1?admin=1', '1%3Fadmin%3D1'],
    ['1#x', '1%23x'],
    ['1;x', '1%3Bx'],
    ['@evil.example', '%40evil.example'],
    ["it's", 'it%27s'],
    ['{other}', '%7Bother%7D'],
    ['$&', '%24%26'],
    ['100%', '100%25'],
    ['ü', '%C3%BC'],
  ])('keeps %j within its place', (id, encoded) => {
    expect(expand(ORDER, { id, other: 'x' })).toBe(`https://shop.example/orders/${encoded}/state`);
  });

  it('does not look for arguments where every object has something', () => {
    expect(() => expand('https://a/{constructor}', {})).toThrow(UrlValueError);
    expect(expand('https://a/?q={toString}', {})).toBe('https://a/');
  });

  it('stays what it is, whatever it is given', () => {
    const random = seeded(7);
    const alphabet = [...'./\\%2e5cfF:@?#&=;{}[]<>"\'`|^~ \t\r\n\0aZ09ü🐙', '\ud800', '\u202e', '\uff0f', '..', '%2f'];
    const piece = () =>
      Array.from({ length: Math.floor(random() * 9) }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
    const template = new UrlTemplate('https://shop.example:8443/v1/{a}-{b}/{c}?q={d}&z={a}');
    let taken = 0;
    for (let i = 0; i < 20_000; i++) {
      const values = { a: piece(), b: piece(), c: piece(), d: piece() };
      let url: URL;
      try {
        url = template.expand(values);
      } catch (error) {
        expect(error).toBeInstanceOf(UrlValueError);
        continue;
      }
      taken++;
      expect(url.origin).toBe('https://shop.example:8443');
      expect(url.username + url.password + url.hash).toBe('');
      const segments = url.pathname.split('/');
      expect(segments).toHaveLength(4);
      expect(segments[1]).toBe('v1');
      expect(decodeURIComponent(segments[2]!)).toBe(`${values.a}-${values.b}`);
      expect(decodeURIComponent(segments[3]!)).toBe(values.c);
      expect([...url.searchParams]).toEqual([
        ['q', values.d],
        ['z', values.a],
      ]);
    }
    expect(taken).toBeGreaterThan(1000);
  });
});
