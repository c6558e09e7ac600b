import type { Responder } from '../respond/port.ts';
import type { Guard } from './dialogue.ts';

/**
 * A model that hears and speaks itself, but not to somebody in danger, nor to who asks whether it is a machine: those the
 * second answers, before whom the same guard stands. What was said is known from the transcript beside the model.
 */
export const guarded = (model: Responder, second: Responder, guard: Guard): Responder => ({
  name: model.name,
  capabilities: model.capabilities,
  respond: (conversation, options) => (guard.answers(conversation) ? second : model).respond(conversation, options),
  say: (text, names, options) => model.say(text, names, options),
  hear: (who, pcm, speaking) => model.hear?.(who, pcm, speaking),
  heardUpTo: (turnId, samples) => model.heardUpTo?.(turnId, samples),
  close: () => model.close?.(),
});
