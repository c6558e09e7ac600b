import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withByteLogits } from './moonshine.mjs';
import { field } from './protobuf.mjs';

interface Sherpa {
  OfflineRecognizer: new (
    config: object,
  ) => {
    createStream(): { acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void };
    decode(stream: object): void;
    getResult(stream: object): { text: string };
  };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const published = path.join(root, 'node_modules/@moonshine-ai/moonshine-js/dist/model/tiny/quantized');
const models = path.join(root, 'models');
const recordings = path.join(root, '../shared/speech');
const clips = fs.existsSync(recordings) ? fs.readdirSync(recordings).filter(name => name.endsWith('.wav')) : [];

function transcripts(decoder: string): string[] {
  const { OfflineRecognizer } = createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
  const recognizer = new OfflineRecognizer({
    modelConfig: {
      moonshine: { encoder: path.join(models, 'moonshine-encoder.onnx'), mergedDecoder: decoder },
      tokens: path.join(models, 'moonshine-tokens.txt'),
      numThreads: 1,
    },
  });
  return clips.map(name => {
    const bytes = fs.readFileSync(path.join(recordings, name));
    const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length));
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples: Float32Array.from(pcm, sample => sample / 32_768), sampleRate: 16_000 });
    recognizer.decode(stream);
    return recognizer.getResult(stream).text;
  });
}

describe('the recognizer’s decoder as it is set up', () => {
  it.skipIf(clips.length === 0)(
    'writes down what the published one does (skipped without the recordings)',
    () => {
      const ours = transcripts(path.join(models, 'moonshine-decoder-bytes.onnx'));
      expect(ours).toEqual(transcripts(path.join(published, 'decoder_model_merged.onnx')));
      expect(ours.join(' ').length).toBeGreaterThan(60);
    },
    30_000,
  );

  it('is made of no other model', () => {
    expect(() => withByteLogits(field(7, field(2, 'another graph')))).toThrow('not the expected one');
  });
});
