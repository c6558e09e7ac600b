import path from 'node:path';
import { SherpaRecognizer } from '../../agents/providers/sherpa/recognizer.ts';
import { until } from './system.ts';

const model = (name: string) => path.resolve('models', name);

/** Understands what the avatar said: a recognizer of the test's own. */
export class TestEars {
  readonly #recognizer = new SherpaRecognizer(
    {
      vad: model('silero-vad.onnx'),
      encoder: model('moonshine-encoder.onnx'),
      decoder: model('moonshine-decoder-bytes.onnx'),
      tokens: model('moonshine-tokens.txt'),
    },
    { restarted: () => {}, ready: () => {} },
  );

  ready(): Promise<void> {
    return until('the test’s recognizer', () => this.#recognizer.ready);
  }

  async transcribe(pcm: Int16Array): Promise<string> {
    // Without the silence around it, which tempts the model to invent.
    const loud = pcm.findIndex(sample => Math.abs(sample) > 600);
    const last = pcm.findLastIndex(sample => Math.abs(sample) > 600);
    const { text } = await this.#recognizer.transcribe(pcm.slice(Math.max(0, loud - 1600), last + 3200), {
      signal: new AbortController().signal,
      final: true,
    });
    return text;
  }

  close(): Promise<void> {
    return this.#recognizer.close();
  }
}
