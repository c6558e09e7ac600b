import { type Meter, meteredOnce } from '../base/meter.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import type { Recognizer, SpeechToText } from './ports.ts';

/** A recognizer whose final readings are counted and timed; those in between may be refused and mean little. */
export const meteredRecognizer = (inner: SpeechToText, meter: Meter): SpeechToText => ({
  async transcribe(pcm, options) {
    if (!options.final) return inner.transcribe(pcm, options);
    const transcript = await meteredOnce(meter.call(), options.signal, () => inner.transcribe(pcm, options));
    meter.used({ audioSeconds: pcm.length / LISTEN_RATE });
    return transcript;
  },
});

/** A stream of which readings are counted and timed; its sound counts once, as it is sent. */
export const meteredStream = (inner: Recognizer, meter: Meter): Recognizer => ({
  capabilities: inner.capabilities,
  open(speaker, on) {
    const stream = inner.open(speaker, on);
    let unpaidSamples = 0;
    return {
      push(pcm, isSpeech) {
        unpaidSamples += pcm.length;
        stream.push(pcm, isSpeech);
      },
      settle(options) {
        meter.used({ audioSeconds: unpaidSamples / LISTEN_RATE });
        unpaidSamples = 0;
        return meteredOnce(meter.call(), options.signal, () => stream.settle(options));
      },
      discard: () => stream.discard(),
      close: () => stream.close(),
    };
  },
});
