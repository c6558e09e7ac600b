import { describe, expect, it } from 'vitest';
import { decoded, encoded } from './protobuf.ts';

describe('messages of Protocol Buffers', () => {
  it('are encoded as the documentation says', () => {
    // Its examples: a field 1 of 150, and a field 2 "testing".
    expect(encoded([1, 150])).toEqual(Buffer.from('089601', 'hex'));
    expect(encoded([2, 'testing'])).toEqual(Buffer.from('120774657374696e67', 'hex'));
    expect(encoded([3, encoded([1, 150])])).toEqual(Buffer.from('1a03089601', 'hex'));
  });

  it('are read again, with fields that are not known passed over', () => {
    const inner = [encoded([1, 'één']), encoded([1, 'two'], [2, true])];
    const bytes = Buffer.concat([
      encoded([9, 2 ** 40], [1, inner[0]!], [1, inner[1]!], [16, 'far']),
      Buffer.from([0x1d, 1, 2, 3, 4]),
      Buffer.from([0x21, 1, 2, 3, 4, 5, 6, 7, 8]),
    ]);
    const message = decoded(bytes);
    expect(message.messages(1).map(each => [each.text(1), each.isTrue(2)])).toEqual([
      ['één', false],
      ['two', true],
    ]);
    expect([message.text(16), message.text(5), message.messages(7)]).toEqual(['far', '', []]);
  });

  it.each(['0a05', '08', '0b', '1a020896'])('that are none are refused: %s', hex => {
    expect(() => {
      const message = decoded(Buffer.from(hex, 'hex'));
      message.messages(3);
    }).toThrow(RangeError);
  });
});
