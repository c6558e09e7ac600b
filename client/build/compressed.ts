import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** What gets smaller. */
const TEXT = /\.(?:js|css|html|svg|json|webmanifest)$/;
/** Below this a header is most of it, bytes. */
const LEAST = 1024;

/** Puts each text of a folder beside itself as Brotli (.br) and gzip (.gz), as small as they get: they are read as they are. */
export async function compressFolder(folder: string): Promise<void> {
  const names = await fs.readdir(folder, { recursive: true });
  for (const name of names.filter(each => TEXT.test(each))) {
    const file = path.join(folder, name);
    const bytes = await fs.readFile(file);
    if (bytes.length < LEAST) continue;
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    await Promise.all([
      brotli(bytes, { params }).then(smaller => fs.writeFile(`${file}.br`, smaller)),
      gzip(bytes, { level: 9 }).then(smaller => fs.writeFile(`${file}.gz`, smaller)),
    ]);
  }
}
