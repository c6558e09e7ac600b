/**
 * A model with more of its inner tensors among its outputs. Field numbers are ONNX's
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
import { field, fields, rewritten } from './protobuf.mjs';
import { SetupError } from './step.mjs';

const MODEL = { graph: 7 };
const GRAPH = { node: 1, output: 12 };
const NODE_OUTPUT = 2;
const VALUE = { name: 1, type: 2 };
const TYPE_TENSOR = 1;
const TENSOR_ELEMENT = 1;
const FLOAT = 1;

/** Throws a {@link SetupError} where the model has no such tensor. The tensor is one of 32-bit floats. */
export function withOutput(model, tensor) {
  return rewritten(model, MODEL.graph, graph => {
    if (!computes(graph, tensor)) throw new SetupError(`the model has no tensor ${tensor}: it is not the expected one`);
    const type = field(TYPE_TENSOR, field(TENSOR_ELEMENT, FLOAT));
    const output = Buffer.concat([field(VALUE.name, tensor), field(VALUE.type, type)]);
    return [Buffer.concat([graph, field(GRAPH.output, output)])];
  });
}

function computes(graph, tensor) {
  const name = Buffer.from(tensor);
  for (const { number, payload } of fields(graph))
    if (number === GRAPH.node)
      for (const part of fields(payload)) if (part.number === NODE_OUTPUT && name.equals(part.payload)) return true;
  return false;
}
