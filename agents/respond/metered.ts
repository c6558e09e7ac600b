import { type Meter, metered } from '../base/meter.ts';
import type { Responder } from './port.ts';

/** A responder whose answers are counted, and timed to their first sound. */
export const meteredResponder = (inner: Responder, meter: Meter): Responder => ({
  name: inner.name,
  capabilities: inner.capabilities,
  respond: (conversation, options) =>
    metered(meter.call(), inner.respond(conversation, options), options.signal, ({ type }) => type === 'speech'),
  say: (text, names, options) => inner.say(text, names, options),
  hear: (who, pcm, speaking) => inner.hear?.(who, pcm, speaking),
  heardUpTo: (turnId, samples) => inner.heardUpTo?.(turnId, samples),
  close: () => inner.close?.(),
});
