/** The decoder with the vocabulary multiplied as bytes. Throws where it is another model. */
export function withByteLogits(model: Buffer): Buffer;
