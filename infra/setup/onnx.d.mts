/** The model with this inner tensor among its outputs. Throws where it has none of that name. */
export function withOutput(model: Buffer, tensor: string): Buffer;
