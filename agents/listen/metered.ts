import type { Meter } from '../base/meter.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import type { SpeechToText } from './ports.ts';

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
