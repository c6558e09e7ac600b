import { describe, expect, it } from 'vitest';
import { withOutput } from './onnx.mjs';
import { field, fields } from './protobuf.mjs';

const node = Buffer.concat([field(1, '/Round_output_0'), field(2, '/Clip_output_0'), field(4, 'Clip')]);
const model = Buffer.concat([field(1, 8), field(7, Buffer.concat([field(1, node), field(12, field(1, 'f0'))]))]);

const outputs = (bytes: Buffer): string[] => {
  const [graph] = [...fields(bytes)].filter(({ number }) => number === 7);
  return [...fields(graph!.payload as Buffer)]
    .filter(({ number }) => number === 12)
    .map(({ payload }) => String([...fields(payload as Buffer)][0]!.payload));
};

describe('a model’s inner tensor', () => {
  it('is told with the outputs', () => {
    expect(outputs(withOutput(model, '/Clip_output_0'))).toEqual(['f0', '/Clip_output_0']);
  });

  it('cannot be one that the model does not compute', () => {
    expect(() => withOutput(model, '/Round_output_0')).toThrow('no tensor /Round_output_0');
  });
});
