/** Recognizers that somebody has: their files, in the form that sherpa-onnx reads, by family. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const file = z.string().min(1);
const tokens = { tokens: file };

/** The files of a model. */
export const EarFiles = z.discriminatedUnion('family', [
  /** Writes down Chinese, Cantonese, English, Japanese and Korean, and how it is said. */
  z.strictObject({ family: z.literal('sense-voice'), model: file, ...tokens }),
  /** OpenAI's Whisper, as sherpa-onnx exports it. */
  z.strictObject({ family: z.literal('whisper'), encoder: file, decoder: file, ...tokens }),
  /** Parakeet and other transducers of NeMo's. */
  z.strictObject({ family: z.literal('parakeet'), encoder: file, decoder: file, joiner: file, ...tokens }),
  /** `decoder` is the merged one. */
  z.strictObject({ family: z.literal('moonshine'), encoder: file, decoder: file, ...tokens }),
  /** As Moonshine base is published: four models. */
  z.strictObject({
    family: z.literal('moonshine-parts'),
    preprocessor: file,
    encoder: file,
    uncachedDecoder: file,
    cachedDecoder: file,
    ...tokens,
  }),
  /** Reads sound as it comes. */
  z.strictObject({ family: z.literal('streaming-zipformer'), encoder: file, decoder: file, joiner: file, ...tokens }),
]);
export type EarFiles = z.output<typeof EarFiles>;
export type Family = EarFiles['family'];

export interface KnownEars {
  /** What it is good for. */
  gives: string;
  licence: string;
  /** ISO 639, where it does not hear whatever is spoken. */
  languages?: readonly string[];
  /** Where it is published: a folder with these files. */
  published: string;
  family: Family;
  /** By what the family calls them, how they are called there. */
  files: Readonly<Record<string, string>>;
}

const HUB = 'https://huggingface.co/csukuangfj';
const EUROPE = 'bg cs da de el en es et fi fr hr hu it lt lv mt nl pl pt ro ru sk sl sv uk'.split(' ');

/** By the names that settings use. Their files are put in place by hand: `npm run models -- ears NAME FOLDER`. */
export const KNOWN_EARS: Readonly<Record<string, KnownEars>> = {
  'sense-voice-small': {
    gives: 'SenseVoice small: five languages, quick on one core; hears feelings, laughter and crying, too',
    licence: 'FunASR Model License',
    languages: ['zh', 'yue', 'en', 'ja', 'ko'],
    published: `${HUB}/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17`,
    family: 'sense-voice',
    files: { model: 'model.int8.onnx', tokens: 'tokens.txt' },
  },
  'whisper-base': {
    gives: 'Whisper base: whatever is spoken, in some hundred languages; slow for its size',
    licence: 'MIT',
    published: `${HUB}/sherpa-onnx-whisper-base`,
    family: 'whisper',
    files: { encoder: 'base-encoder.int8.onnx', decoder: 'base-decoder.int8.onnx', tokens: 'base-tokens.txt' },
  },
  'moonshine-base': {
    gives: 'Moonshine base: English, fewer errors than the embedded one, half as quick',
    licence: 'MIT',
    languages: ['en'],
    published: `${HUB}/sherpa-onnx-moonshine-base-en-int8`,
    family: 'moonshine-parts',
    files: {
      preprocessor: 'preprocess.onnx',
      encoder: 'encode.int8.onnx',
      uncachedDecoder: 'uncached_decode.int8.onnx',
      cachedDecoder: 'cached_decode.int8.onnx',
      tokens: 'tokens.txt',
    },
  },
  'parakeet-v3': {
    gives: 'Parakeet TDT 0.6B v3: 25 languages of Europe, the fewest errors of these; a gigabyte of memory',
    licence: 'CC-BY-4.0',
    languages: EUROPE,
    published: `${HUB}/sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8`,
    family: 'parakeet',
    files: {
      encoder: 'encoder.int8.onnx',
      decoder: 'decoder.int8.onnx',
      joiner: 'joiner.int8.onnx',
      tokens: 'tokens.txt',
    },
  },
  'zipformer-en': {
    gives: 'Streaming Zipformer: English, reads sound as it comes; captions cost little',
    licence: 'Apache-2.0',
    languages: ['en'],
    published: `${HUB}/sherpa-onnx-streaming-zipformer-en-2023-06-26`,
    family: 'streaming-zipformer',
    files: {
      encoder: 'encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
      decoder: 'decoder-epoch-99-avg-1-chunk-16-left-128.onnx',
      joiner: 'joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
      tokens: 'tokens.txt',
    },
  },
};

/** Of the catalogue, or files by their paths. */
export const EarModel = z.union([z.enum(Object.keys(KNOWN_EARS) as [string, ...string[]]), EarFiles], {
  error: `one of ${Object.keys(KNOWN_EARS).join(', ')}, or { family, … } with the paths of its files`,
});
export type EarModel = z.output<typeof EarModel>;

/** Where the files of a model of the catalogue lie. */
export const earsFolder = (name: string, models: string): string => path.resolve(models, 'ears', name);

/** The paths of a model's files. */
export function filesOf(model: EarModel, models: string): EarFiles {
  if (typeof model !== 'string') return model;
  const { family, files } = KNOWN_EARS[model]!;
  const paths = Object.entries(files).map(([key, name]) => [key, path.join(earsFolder(model, models), name)]);
  return EarFiles.parse({ family, ...Object.fromEntries(paths) });
}

/** What it hears, ISO 639; undefined: any. */
export const languagesOf = (model: EarModel): readonly string[] | undefined =>
  typeof model === 'string' ? KNOWN_EARS[model]!.languages : OF_FAMILY[model.family];

const OF_FAMILY: Partial<Record<Family, readonly string[]>> = {
  'sense-voice': ['zh', 'yue', 'en', 'ja', 'ko'],
};

/** What is to be done before it can hear; undefined: nothing. */
export function missingEars(model: EarModel, models: string): string | undefined {
  const { family, ...files } = filesOf(model, models);
  for (const [key, where] of Object.entries(files)) {
    const problem = problemOf(where, key);
    if (problem === undefined) continue;
    return typeof model === 'string'
      ? `${model} is not here: fetch the files of ${KNOWN_EARS[model]!.published} and say npm run models -- ears ${model} FOLDER (${problem})`
      : `the ${key} of ${family} ${problem}`;
  }
  return undefined;
}

/** No model that works is smaller. */
const LEAST_MODEL_BYTES = 10_000;
/** What stands in its place where a download came to nothing. */
const POINTER = /^version https:\/\/git-lfs|^<(?:!doctype|html)/i;
const LOOKED_AT = 100;

/** What is wrong with a file, as far as can be told without loading it. */
export function problemOf(where: string, key: string): string | undefined {
  if (!fs.existsSync(where)) return `is not at ${where}`;
  const head = headOf(where);
  if (POINTER.test(head)) return `at ${where} is not the file itself but a page or a pointer: fetch it whole`;
  if (key === 'tokens') return /^\S+ \d+\s*$/m.test(head) ? undefined : `at ${where} is no table of tokens`;
  return fs.statSync(where).size < LEAST_MODEL_BYTES ? `at ${where} is no model: it is too small` : undefined;
}

function headOf(where: string): string {
  const bytes = Buffer.alloc(LOOKED_AT);
  const opened = fs.openSync(where, 'r');
  try {
    return bytes.toString('utf8', 0, fs.readSync(opened, bytes, 0, LOOKED_AT, 0));
  } finally {
    fs.closeSync(opened);
  }
}
