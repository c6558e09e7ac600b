/** What compiled kernels export besides their functions. */
export interface KernelExports {
  memory: WebAssembly.Memory;
  /** The first byte of memory that is free. */
  heapBase(): number;
}

const PAGE = 65_536;
/** Vectors begin at multiples of this. */
const ALIGN = 16;
/** Vectors may be read that begin in what was allocated and end beyond. */
const SLACK = 64;

/**
 * The memory that compiled kernels (infra/kernels) work on. It grows while things are set up; views of it are to be made
 * when all of that is done.
 */
export class KernelMemory<Functions extends KernelExports> {
  readonly run: Functions;
  #end: number;

  constructor(code: WebAssembly.Module) {
    this.run = new WebAssembly.Instance(code).exports as unknown as Functions;
    this.#end = this.run.heapBase();
  }

  /** Zeroed bytes; for as long as their owner lives. */
  allocate(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / ALIGN) * ALIGN;
    const { memory } = this.run;
    const missing = this.#end + SLACK - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** Allocates a copy of numbers. */
  put(numbers: Uint8Array | Uint16Array | Uint32Array | Float32Array): number {
    const at = this.allocate(numbers.byteLength);
    this.bytes(at, numbers.byteLength).set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    return at;
  }

  bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.run.memory.buffer, at, count);
  }

  words(at: number, count: number): Uint16Array {
    return new Uint16Array(this.run.memory.buffer, at, count);
  }

  integers(at: number, count: number): Int32Array {
    return new Int32Array(this.run.memory.buffer, at, count);
  }

  doubles(at: number, count: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, at, count);
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.run.memory.buffer, at, count);
  }
}
