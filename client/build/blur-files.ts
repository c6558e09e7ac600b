import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** What the page fetches of the package that tells people from their background; the rest of it is for who builds with it. */
const FETCHED = /^selfie_segmentation(?:_landscape|_solution_(?:simd_)?wasm_bin)?\.(?:js|wasm|data|tflite|binarypb)$/;

/** Puts model and engine beside the page: they are fetched from its own server, when somebody blurs their background. */
export async function copyBlurFiles(folder: string): Promise<void> {
  const from = path.dirname(createRequire(import.meta.url).resolve('@mediapipe/selfie_segmentation/package.json'));
  const to = path.join(folder, 'blur');
  await fs.mkdir(to, { recursive: true });
  for (const name of (await fs.readdir(from)).filter(each => FETCHED.test(each)))
    await fs.copyFile(path.join(from, name), path.join(to, name));
}
