import { describe, expect, it } from 'vitest';
import { field, fields, rewritten } from './protobuf.mjs';

const message = Buffer.concat([
  field(1, 300),
  field(2, 'inner'),
  Buffer.from([0x1d, 1, 2, 3, 4]),
  field(2, 'again'),
  field(2000, 2 ** 40),
]);

describe('messages of protocol buffers', () => {
  it('are read field by field, as they were written', () => {
    expect([...fields(message)].map(({ number, payload }) => [number, payload])).toEqual([
      [1, 300],
      [2, Buffer.from('inner')],
      [3, Buffer.from([1, 2, 3, 4])],
      [2, Buffer.from('again')],
      [2000, 2 ** 40],
    ]);
  });

  it('keep every byte of what is not changed', () => {
    expect(rewritten(message, 2, payload => [payload])).toEqual(message);
    const changed = rewritten(message, 2, payload => (payload.toString() === 'again' ? [] : [payload, payload]));
    expect([...fields(changed)].map(({ number }) => number)).toEqual([1, 2, 2, 3, 2000]);
  });

  it.each([
    ['cut off in a number', Buffer.from([0x08, 0x80])],
    ['cut off in bytes', message.subarray(0, 6)],
    ['of an unknown kind', Buffer.from([0x0b])],
  ])('that are none are refused: %s', (_, bytes) => {
    expect(() => [...fields(bytes)]).toThrow(RangeError);
  });
});
