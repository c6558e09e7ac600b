/**
 * Moonshine's decoder multiplies with its whole vocabulary at every token. The published file keeps that matrix as
 * bytes and has it turned round and made floating-point each time: two fifths of what recognition costs. Here it is turned
 * round once, and multiplied as bytes, as the model's other matrices are.
 * Field numbers are ONNX's (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
import { field, fields, rewritten } from './protobuf.mjs';
import { SetupError } from './step.mjs';

const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5 };
const NODE = { input: 1, output: 2, operator: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, integer: 3, graph: 6, type: 20 };
const TENSOR = { dimension: 1, type: 2, name: 8, data: 9 };
const INTEGER_ATTRIBUTE = 2;
const FLOAT = 1;
const BYTE = 2;

const EMBEDDING = 'model.decoder.embed_tokens.weight_merged_0';
const WEIGHT = 'model.decoder.embed_tokens.weight_transposed';

/** The decoder with the vocabulary multiplied as bytes. Throws a {@link SetupError} where it is another model. */
export function withByteLogits(model) {
  let multiplied = 0;
  const branch = graph =>
    rewritten(graph, GRAPH.node, node => {
      const { operator, inputs, output } = read(node);
      if (output === WEIGHT || output === `${WEIGHT}_quantized`) return [];
      if (operator !== 'MatMul' || inputs[1] !== WEIGHT) return [node];
      multiplied += 1;
      return byteProduct(inputs[0], output);
    });
  const whole = rewritten(model, MODEL.graph, graph => [
    Buffer.concat([
      rewritten(graph, GRAPH.node, node => [
        rewritten(node, NODE.attribute, attribute => [rewritten(attribute, ATTRIBUTE.graph, inner => [branch(inner)])]),
      ]),
      field(GRAPH.initializer, turned(embedding(graph))),
    ]),
  ]);
  // One for the first token, one for those that follow.
  if (multiplied !== 2) throw unknown();
  return whole;
}

const unknown = () =>
  new SetupError('the recognizer’s model in @moonshine-ai/moonshine-js is not the expected one; run `npm ci`');

function read(node) {
  const texts = number =>
    [...fields(node)].filter(each => each.number === number).map(({ payload }) => payload.toString());
  return { operator: texts(NODE.operator)[0], inputs: texts(NODE.input), output: texts(NODE.output)[0] };
}

/** The vocabulary's tensor: rows, columns, bytes. */
function embedding(graph) {
  for (const { number, payload } of fields(graph)) {
    if (number !== GRAPH.initializer) continue;
    const parts = [...fields(payload)];
    const of = wanted => parts.filter(each => each.number === wanted).map(each => each.payload);
    if (of(TENSOR.name)[0]?.toString() !== `${EMBEDDING}_quantized`) continue;
    const [rows, columns] = of(TENSOR.dimension);
    const [data] = of(TENSOR.data);
    if (data?.length === rows * columns) return { rows, columns, data };
  }
  throw unknown();
}

function turned({ rows, columns, data }) {
  const bytes = Buffer.alloc(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) bytes[column * rows + row] = data[row * columns + column];
  return Buffer.concat([
    field(TENSOR.dimension, columns),
    field(TENSOR.dimension, rows),
    field(TENSOR.type, BYTE),
    field(TENSOR.name, `${WEIGHT}_quantized`),
    field(TENSOR.data, bytes),
  ]);
}

/** Nodes for `input` × vocabulary: quantized as it comes, multiplied as integers, scaled back. */
function byteProduct(input, output) {
  const own = name => `logits/${name}`;
  return [
    node('DynamicQuantizeLinear', [input], [own('bytes'), own('scale'), own('zero')]),
    node('MatMulInteger', [own('bytes'), `${WEIGHT}_quantized`, own('zero'), `${EMBEDDING}_zero_point`], [own('sums')]),
    node('Cast', [own('sums')], [own('floats')], { to: FLOAT }),
    node('Mul', [own('scale'), `${EMBEDDING}_scale`], [own('scales')]),
    node('Mul', [own('floats'), own('scales')], [output]),
  ];
}

function node(operator, inputs, outputs, attributes = {}) {
  return Buffer.concat([
    ...inputs.map(name => field(NODE.input, name)),
    ...outputs.map(name => field(NODE.output, name)),
    field(NODE.operator, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      field(
        NODE.attribute,
        Buffer.concat([
          field(ATTRIBUTE.name, name),
          field(ATTRIBUTE.integer, value),
          field(ATTRIBUTE.type, INTEGER_ATTRIBUTE),
        ]),
      ),
    ),
  ]);
}
