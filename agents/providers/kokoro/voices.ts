import type { SpeechCapabilities } from '../../speak/ports.ts';

/** Kokoro's English voices, by accent and sex: the first letter is for American or British, the second for female or male. */
export const KOKORO_VOICES =
  'af_heart af_alloy af_aoede af_bella af_jessica af_kore af_nicole af_nova af_river af_sarah af_sky am_adam am_echo am_eric am_fenrir am_liam am_michael am_onyx am_puck am_santa bf_alice bf_emma bf_isabella bf_lily bm_daniel bm_fable bm_george bm_lewis'.split(
    ' ',
  );
/** Files in the folder of models: the model, joined of its parts, and a voice. */
export const KOKORO_MODEL = 'kokoro/kokoro-v1.0.int8.onnx';
export const KOKORO_VOICE = (name: string) => `kokoro/voices/${name}.bin`;
/** What reads words for it. */
export const KOKORO_READER = 'hibari';

/** @param voice of personas that name none of its voices */
export const kokoroCapabilities = ({ voice }: { voice: string }): SpeechCapabilities => ({
  phones: false,
  prosody: false,
  voices: { known: [...new Set([voice, ...KOKORO_VOICES])], closed: true },
  languages: ['en'],
  reads: 'words',
  accents: true,
});
