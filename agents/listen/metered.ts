import type { Meter } from '../base/meter.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import type { Recognizer, SpeechToText } from './ports.ts';

/** A recognizer whose final readings are counted and timed; those in between may be refused and mean little. */
export const meteredRecognizer = (inner: SpeechToText, meter: Meter): SpeechToText => ({
  async transcribe(pcm, options) {
    if (!options.final) return inner.transcribe(pcm, options);
    const call = meter.call();
    try {
      const transcript = await inner.transcribe(pcm, options);
      meter.used({ audioSeconds: pcm.length / LISTEN_RATE });
      call.first();
      call.end('ok');
      return transcript;
    } catch (error) {
      call.end(options.signal.aborted ? 'cancelled' : 'failed');
      throw error;
    }
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
      async settle(options) {
        const call = meter.call();
        meter.used({ audioSeconds: unpaidSamples / LISTEN_RATE });
        unpaidSamples = 0;
        try {
          const transcript = await stream.settle(options);
          call.first();
          call.end('ok');
          return transcript;
        } catch (error) {
          call.end(options.signal.aborted ? 'cancelled' : 'failed');
          throw error;
        }
      },
      discard: () => stream.discard(),
      close: () => stream.close(),
    };
  },
});
