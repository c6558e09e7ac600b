import { ProviderError } from '../../agents/base/errors.ts';
import type { Dialogue, Exchange, Persona } from '../../agents/think/ports.ts';

/** A line of a conversation, as a model is told it: `own` are its own words. */
export interface ModelLine {
  own: boolean;
  text: string;
}

/** The language model of the settings, asked apart from any call. */
export interface Model {
  /** Its words, in the role that the instructions give it. Rejects with a ProviderError, or once the signal is aborted. */
  ask(instructions: string, lines: readonly ModelLine[], signal: AbortSignal): Promise<string>;
}

/** Whoever asks, and the model, have names that no label of an answer has. */
const ASKER = 'them';
const NAME = 'You';

/** A dialogue's vendor as a {@link Model}. */
export function modelOf(dialogue: Dialogue): Model {
  return {
    async ask(instructions, lines, signal) {
      const exchanges = lines.map(({ own, text }): Exchange => {
        const speaker = own ? NAME : ASKER;
        return { role: own ? 'avatar' : 'user', speaker, name: speaker, text };
      });
      const conversation = {
        persona: playing(instructions),
        history: exchanges.slice(0, -1),
        turn: exchanges.slice(-1),
      };
      let said = '';
      for await (const part of dialogue.reply(conversation, { signal, committed: Promise.resolve() }))
        if (part.type === 'text') said += part.text;
      if (said.trim() === '')
        throw new ProviderError('internal', 'the language model said nothing', { retryable: true });
      return said.trim();
    },
  };
}

/** Somebody whom only instructions describe. */
const playing = (instructions: string): Persona => ({
  id: 'rehearsal',
  name: NAME,
  description: '',
  avatar: '',
  voice: '',
  greeting: '',
  instructions,
  script: '',
  speed: 1,
  pitch: 1,
});
