import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import { Hibari } from './hibari.ts';

const MODELS = fileURLToPath(new URL('../../../models/hibari', import.meta.url));
const there = fs.existsSync(`${MODELS}/decoder-0.2.1.onnx`);

describe.skipIf(!there)(`hibari${there ? '' : ' (skipped: its model is not in models/)'}`, () => {
  ttsConformance('hibari', () => new Hibari(MODELS));
});
