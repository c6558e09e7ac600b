import { z } from 'zod';
import { ProviderError } from '../../agents/base/errors.ts';
import type { Usage } from '../../agents/base/meter.ts';
import { instructionsFor } from '../../agents/think/instructions.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from '../../agents/think/ports.ts';
import { rosterOf, situationOf } from '../../agents/think/situation.ts';
import { ask, type Endpoint } from './ask.ts';

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
    const { model, used } = this.#acme;
    let said = false;
    const answer = ask(this.#acme, '/chat', { model, ...promptOf(conversation) }, { mostBytes: MOST_BYTES, signal });
    for await (const line of linesOf(answer)) {
      const { text, usage } = pieceOf(line);
      if (usage !== undefined) used(usage);
      said ||= text.trim() !== '';
      if (said && text !== '') yield { type: 'text', text };
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

function pieceOf(line: string): z.output<typeof Piece> {
  try {
    return Piece.parse(JSON.parse(line));
  } catch (cause) {
    throw new ProviderError('internal', 'the answer is not what acme promises', { retryable: false, cause });
  }
}

/** The lines of a text whose bytes are cut anywhere. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines.filter(line => line !== '');
  }
  if (rest !== '') yield rest;
}
