import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KERNELS, SECTION, sourceHash } from './source-hash.mjs';

it.each(KERNELS)('what was compiled of %s is made of the sources in it', folder => {
  const code = new WebAssembly.Module(readFileSync(`${folder}.wasm`));
  const [section] = WebAssembly.Module.customSections(code, SECTION);
  // Otherwise: node infra/kernels/build.mjs
  expect(Buffer.from(section!).toString()).toBe(sourceHash(folder));
});
