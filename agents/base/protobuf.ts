/** As much of Protocol Buffers' encoding as questions to a vendor need. @see https://protobuf.dev/programming-guides/encoding/ */
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/** A field's number and its value: a number or boolean, a text, bytes, or a message that is encoded already. */
export type Field = readonly [number: number, value: number | boolean | string | Buffer];

/** A message of these fields, in order. Numbers are whole, and not below 0. */
export const encoded = (...fields: readonly Field[]): Buffer =>
  Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number' || typeof value === 'boolean')
        return [varint(number * 8 + VARINT), varint(Number(value))];
      const bytes = Buffer.from(value as string);
      return [varint(number * 8 + BYTES), varint(bytes.length), bytes];
    }),
  );

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** Fields of a message by number, each as often as it is there. */
export interface Decoded {
  text(number: number): string;
  isTrue(number: number): boolean;
  messages(number: number): Decoded[];
}

/** Throws a RangeError for what is no message. */
export function decoded(bytes: Buffer): Decoded {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const whole = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const piece = (length: number) => {
    if (at + length > bytes.length) throw new RangeError('a message ends too soon');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = whole();
    const kind = tag % 8;
    let value: number | Buffer;
    if (kind === VARINT) value = whole();
    else if (kind === BYTES) value = piece(whole());
    else if (kind === FIXED32 || kind === FIXED64) value = piece(kind === FIXED32 ? 4 : 8);
    else throw new RangeError(`a field of kind ${kind}`);
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  const of = (number: number) => fields.get(number) ?? [];
  return {
    text: number => String(of(number).at(-1) ?? ''),
    isTrue: number => of(number).at(-1) === 1,
    messages: number => of(number).filter(Buffer.isBuffer).map(decoded),
  };
}
