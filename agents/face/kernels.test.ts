import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SECTION, sourceHash } from '../../infra/face-kernels/source-hash.mjs';

it('the compiled kernels are made of the sources beside them', () => {
  const code = new WebAssembly.Module(readFileSync('agents/face/kernels.wasm'));
  const [section] = WebAssembly.Module.customSections(code, SECTION);
  // Otherwise: node infra/face-kernels/build.mjs
  expect(Buffer.from(section!).toString()).toBe(sourceHash('agents/face/kernels'));
});
