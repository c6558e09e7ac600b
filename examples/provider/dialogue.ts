import { z } from 'zod';
import { ask, type Endpoint, jsonLines } from '../../agents/base/ask.ts';
import { ProviderError } from '../../agents/base/errors.ts';
import type { Usage } from '../../agents/base/meter.ts';
import { instructionsFor } from '../../agents/think/instructions.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../agents/think/ports.ts';
import { rosterOf, situationOf } from '../../agents/think/situation.ts';

/** More is no answer that anybody would listen to. */
const MOST_BYTES = 100_000;
/** Words; at the end, what they cost. */
const Piece = z.object({
  text: z.string().default(''),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }).optional(),
});

/** Answers by `POST /chat`: each line of the answer is a piece of it, in JSON. */
export class AcmeDialogue implements Dialogue {
  readonly name = 'acme';
  readonly #acme: Endpoint & { model: string; used(usage: Usage): void };

  constructor(acme: Endpoint & { model: string; used(usage: Usage): void }) {
    this.#acme = acme;
  }

  async *reply(conversation: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const body = { model: this.#acme.model, ...promptOf(conversation) };
    let said = false;
    for await (const piece of jsonLines(ask(this.#acme, '/chat', { body, mostBytes: MOST_BYTES, signal }), Piece)) {
      if (piece.usage !== undefined) this.#acme.used(piece.usage);
      said ||= piece.text.trim() !== '';
      if (said && piece.text !== '') yield { type: 'text', text: piece.text };
    }
    if (!said) throw new ProviderError('internal', 'the answer has no words', { retryable: true });
  }
}

/** Who the avatar is, what it knows, and what was said: people's lines as the instructions announce them. */
function promptOf(conversation: Conversation): object {
  const { persona, history, turn } = conversation;
  const roster = rosterOf(conversation);
  return {
    instructions: `${instructionsFor(persona)}\n\n${situationOf(conversation, roster)}`.trim(),
    lines: [...history, ...turn].map(said =>
      said.role === 'avatar' ? { by: 'you', text: said.text } : { by: 'people', text: roster.line(said) },
    ),
  };
}
