/** The part of a model between tensors, which become its inputs and outputs. Throws where it has no such tensors. */
export function partOf(
  model: Buffer,
  part: { inputs: Record<string, (number | string)[] | undefined>; outputs: string[] },
): Buffer;
