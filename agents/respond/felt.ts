import { empathyFor, type Tone } from '../think/expressive.ts';
import type { Conversation, FeelingPart } from '../think/ports.ts';
import type { Responder, RespondOptions, Spoken } from './port.ts';

/**
 * Gives answers that come as sound a face: first that of a kind listener, then, sentence by sentence, what their words
 * say.
 */
export const felt = (model: Responder, tone: Tone): Responder => ({
  name: model.name,
  capabilities: model.capabilities,
  respond: (conversation, options) => withFeelings(model, conversation, options, tone),
  say: (text, names, options) => model.say(text, names, options),
  hear: (who, pcm, speaking) => model.hear?.(who, pcm, speaking),
  heardUpTo: (turnId, samples) => model.heardUpTo?.(turnId, samples),
  close: () => model.close?.(),
});

async function* withFeelings(
  model: Responder,
  conversation: Conversation,
  options: RespondOptions,
  tone: Tone,
): AsyncGenerator<Spoken, void, undefined> {
  const speaker = conversation.turn.at(-1)?.speaker;
  const feeling = conversation.people?.find(({ identity }) => identity === speaker)?.feeling;
  let shown: FeelingPart = { type: 'feeling', ...empathyFor(feeling) };
  let begun = false;
  let sentence = '';
  for await (const spoken of model.respond(conversation, options)) {
    if (spoken.type === 'speech') {
      for (const { text } of spoken.words) {
        if (/[.?!]$/.test(sentence)) sentence = '';
        sentence = `${sentence} ${text}`.trimStart();
      }
      const heard = tone(sentence);
      if (heard !== undefined && heard.emotion !== shown.emotion) {
        shown = { type: 'feeling', ...heard };
        begun = true;
        yield shown;
      } else if (!begun) {
        begun = true;
        if (shown.emotion !== 'neutral') yield shown;
      }
    }
    yield spoken;
  }
}
