/** What sherpa-onnx is told of a recognizer. */
import type { EarFiles } from './models.ts';

const RATE = 16_000;

export interface HearingHow {
  threads: number;
  /** ISO 639; absent: whatever is spoken. */
  language?: string | undefined;
}

/** Of one that reads sound as it comes. */
export const isStreaming = ({ family }: EarFiles): boolean => family === 'streaming-zipformer';

/** Whether it can be told which language is spoken. */
export const takesLanguage = ({ family }: EarFiles): boolean => family === 'sense-voice' || family === 'whisper';

/** The configuration of sherpa-onnx's `OfflineRecognizer`, or of its `OnlineRecognizer` where it reads sound as it comes. */
export function configOf(files: EarFiles, { threads, language }: HearingHow): object {
  return {
    featConfig: { sampleRate: RATE, featureDim: 80 },
    modelConfig: {
      ...modelOf(files, language),
      tokens: files.tokens,
      numThreads: threads,
      provider: 'cpu',
      debug: 0,
    },
    // When somebody is done is decided elsewhere.
    ...(isStreaming(files) && { enableEndpoint: false }),
  };
}

function modelOf(files: EarFiles, language: string | undefined): object {
  switch (files.family) {
    case 'sense-voice':
      return { senseVoice: { model: files.model, language: language ?? 'auto', useInverseTextNormalization: 1 } };
    case 'whisper':
      return {
        whisper: {
          encoder: files.encoder,
          decoder: files.decoder,
          language: language ?? '',
          task: 'transcribe',
          tailPaddings: -1,
        },
      };
    case 'parakeet':
      return {
        transducer: { encoder: files.encoder, decoder: files.decoder, joiner: files.joiner },
        modelType: 'nemo_transducer',
      };
    case 'moonshine':
      return { moonshine: { encoder: files.encoder, mergedDecoder: files.decoder } };
    case 'moonshine-parts': {
      const { preprocessor, encoder, uncachedDecoder, cachedDecoder } = files;
      return { moonshine: { preprocessor, encoder, uncachedDecoder, cachedDecoder } };
    }
    case 'streaming-zipformer':
      return { transducer: { encoder: files.encoder, decoder: files.decoder, joiner: files.joiner } };
  }
}
