/**
 * As much of the protocol buffers' wire format as it takes to change a field here and there and leave every other byte
 * as it is (https://protobuf.dev/programming-guides/encoding).
 */

const VARINT = 0;
const BYTES = 2;
/** Payload of the wire types whose length is fixed. */
const FIXED = { 1: 8, 5: 4 };

/** A message's fields in order: number, payload (a number for varints), and all bytes with the tag. */
export function* fields(message) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('the message is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const from = at;
    const tag = varint();
    const wire = tag % 8;
    let payload = wire === VARINT ? varint() : undefined;
    if (payload === undefined) {
      const length = wire === BYTES ? varint() : FIXED[wire];
      if (length === undefined || at + length > message.length) throw new RangeError('this is no such message');
      payload = message.subarray(at, at + length);
      at += length;
    }
    yield { number: Math.floor(tag / 8), payload, bytes: message.subarray(from, at) };
  }
}

/** One field: text and bytes with their length, a number as a varint. */
export function field(number, payload) {
  if (typeof payload === 'number') return Buffer.concat([varint(number * 8 + VARINT), varint(payload)]);
  const bytes = Buffer.from(payload);
  return Buffer.concat([varint(number * 8 + BYTES), varint(bytes.length), bytes]);
}

/** The message with each field of this number replaced by those that `change` makes of its payload. */
export function rewritten(message, number, change) {
  return Buffer.concat(
    [...fields(message)].flatMap(each =>
      each.number === number ? change(each.payload).map(payload => field(number, payload)) : [each.bytes],
    ),
  );
}

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}
