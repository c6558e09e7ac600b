import { describe, expect, it } from 'vitest';
import { partOf } from './onnx.mjs';
import { field, fields } from './protobuf.mjs';

const node = (inputs: string[], output: string) =>
  field(1, Buffer.concat([...inputs.map(name => field(1, name)), field(2, output), field(4, 'Add')]));
/** text, speed → frames (with weight a) → sound (with weight b), and something that nobody asks for. */
const model = Buffer.concat([
  field(1, 8),
  field(
    7,
    Buffer.concat([
      node(['text', 'a', 'speed'], 'frames'),
      node(['frames', 'b'], 'sound'),
      node(['text', 'c'], 'aside'),
      ...['a', 'b', 'c'].map(name => field(5, field(8, name))),
      ...['text', 'speed'].map(name => field(11, field(1, name))),
      field(12, field(1, 'sound')),
    ]),
  ),
]);

function read(bytes: Buffer) {
  const [graph] = [...fields(bytes)].filter(({ number }) => number === 7);
  const names = (number: number, name: number) =>
    [...fields(graph!.payload as Buffer)]
      .filter(part => part.number === number)
      .map(({ payload }) => [...fields(payload as Buffer)].find(part => part.number === name)?.payload.toString());
  return { makes: names(1, 2), weights: names(5, 8), inputs: names(11, 1), outputs: names(12, 1) };
}

describe('a part of a model', () => {
  it('is what leads from its beginning to an inner tensor, and no more', () => {
    const front = partOf(model, { inputs: { text: undefined, speed: undefined }, outputs: ['frames'] });
    expect(read(front)).toEqual({ makes: ['frames'], weights: ['a'], inputs: ['text', 'speed'], outputs: ['frames'] });
  });

  it('may begin at an inner tensor', () => {
    const back = partOf(model, { inputs: { frames: [1, 'F'] }, outputs: ['sound'] });
    expect(read(back)).toEqual({ makes: ['sound'], weights: ['b'], inputs: ['frames'], outputs: ['sound'] });
  });

  it('cannot be one between tensors that the model does not have', () => {
    expect(() => partOf(model, { inputs: { text: undefined }, outputs: ['light'] })).toThrow('not all of light');
    expect(() => partOf(model, { inputs: { words: undefined }, outputs: ['aside'] })).toThrow('not all of words');
  });
});
