import type { Meter } from '../base/meter.ts';
import type { Responder, Spoken } from './port.ts';

/** A responder whose answers are counted, and timed to their first sound. */
export const meteredResponder = (inner: Responder, meter: Meter): Responder => ({
  name: inner.name,
  capabilities: inner.capabilities,
  respond: (conversation, options) => metered(inner.respond(conversation, options), meter, options.signal),
  say: (text, names, options) => inner.say(text, names, options),
  hear: (who, pcm, speaking) => inner.hear?.(who, pcm, speaking),
  heardUpTo: (turnId, samples) => inner.heardUpTo?.(turnId, samples),
  close: () => inner.close?.(),
});

async function* metered(answer: AsyncIterable<Spoken>, meter: Meter, signal: AbortSignal): AsyncGenerator<Spoken> {
  const call = meter.call();
  let outcome: 'ok' | 'failed' | 'cancelled' = 'cancelled';
  try {
    for await (const spoken of answer) {
      if (spoken.type === 'speech') call.first();
      yield spoken;
    }
    outcome = 'ok';
  } catch (error) {
    outcome = signal.aborted ? 'cancelled' : 'failed';
    throw error;
  } finally {
    call.end(outcome);
  }
}
