/**
 * Parts of a model: what it takes to get from some of its tensors to others. Field numbers are ONNX's
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
import { field, fields, rewritten } from './protobuf.mjs';
import { SetupError } from './step.mjs';

const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, inner: 13 };
const NODE = { input: 1, output: 2 };
const TENSOR_NAME = 8;
const VALUE = { name: 1, type: 2 };
const TYPE_TENSOR = 1;
const TENSOR = { element: 1, shape: 2 };
const SHAPE_DIMENSION = 1;
const DIMENSION = { size: 1, name: 2 };
const FLOAT = 1;

/**
 * The part of a model between tensors, which become its inputs and outputs; all are of 32-bit floats but those that are
 * inputs of the whole. `inputs`: name to dimensions (a number, or a name for one that varies), or undefined for an input
 * of the whole. Throws a {@link SetupError} where the model has no such tensors.
 */
export function partOf(model, { inputs, outputs }) {
  return rewritten(model, MODEL.graph, graph => {
    const parts = [...fields(graph)];
    const own = number => parts.filter(part => part.number === number);
    const needed = neededFor(outputs, new Set(Object.keys(inputs)), own(GRAPH.node));
    const whole = new Map(own(GRAPH.input).map(part => [text(part.payload, VALUE.name), part.bytes]));
    const given = Object.entries(inputs).map(([name, dimensions]) =>
      dimensions === undefined ? whole.get(name) : field(GRAPH.input, value(name, dimensions)),
    );
    if (given.includes(undefined)) throw unknown(Object.keys(inputs));
    const kept = parts.filter(({ number, payload }) => {
      if (number === GRAPH.node) return needed.nodes.has(payload);
      if (number === GRAPH.initializer) return needed.tensors.has(text(payload, TENSOR_NAME));
      return number !== GRAPH.input && number !== GRAPH.output && number !== GRAPH.inner;
    });
    return [
      Buffer.concat([
        ...kept.map(({ bytes }) => bytes),
        ...given,
        ...outputs.map(name => field(GRAPH.output, value(name))),
      ]),
    ];
  });
}

/** Nodes and tensors on the way back from `outputs` to what is given. */
function neededFor(outputs, given, nodes) {
  const makes = new Map();
  for (const { payload } of nodes) for (const name of texts(payload, NODE.output)) makes.set(name, payload);
  if (!outputs.every(name => makes.has(name))) throw unknown(outputs);
  const needed = { nodes: new Set(), tensors: new Set() };
  const open = [...outputs];
  while (open.length > 0) {
    const name = open.pop();
    if (needed.tensors.has(name) || given.has(name)) continue;
    needed.tensors.add(name);
    const node = makes.get(name);
    if (node === undefined) continue;
    needed.nodes.add(node);
    open.push(...texts(node, NODE.input));
  }
  return needed;
}

const unknown = names => new SetupError(`the model has not all of ${names.join(', ')}: it is not the expected one`);

const texts = (message, number) =>
  [...fields(message)].filter(part => part.number === number).map(({ payload }) => String(payload));
const text = (message, number) => texts(message, number)[0];

function value(name, dimensions) {
  const dimension = size =>
    field(SHAPE_DIMENSION, field(typeof size === 'number' ? DIMENSION.size : DIMENSION.name, size));
  const shape = dimensions === undefined ? [] : [field(TENSOR.shape, Buffer.concat(dimensions.map(dimension)))];
  const tensor = Buffer.concat([field(TENSOR.element, FLOAT), ...shape]);
  return Buffer.concat([field(VALUE.name, name), field(VALUE.type, field(TYPE_TENSOR, tensor))]);
}
