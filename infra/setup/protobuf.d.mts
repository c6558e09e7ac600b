export interface Field {
  number: number;
  payload: number | Buffer;
  bytes: Buffer;
}
/** Throws a RangeError where the bytes are no message. */
export function fields(message: Buffer): Generator<Field>;
export function field(number: number, payload: number | string | Buffer): Buffer;
export function rewritten(message: Buffer, number: number, change: (payload: Buffer) => Buffer[]): Buffer;
