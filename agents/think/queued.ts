import type { Place, Places } from '../base/places.ts';
import type { NoteTaker } from './memory.ts';
import type { Conversation, Dialogue, ReplyOptions, ReplyPart } from './ports.ts';

/** Who waits longer for a place is answered by the next entry. */
const ANSWER_WAIT_MS = 3000;
/** Nobody waits for notes. */
const NOTES_WAIT_MS = 120_000;

/** Whose question it is: of several, who spoke last. */
const askerOf = ({ turn, occasion, deeds, persona }: Conversation): unknown =>
  turn.at(-1)?.speaker ?? occasion?.identity ?? deeds ?? persona;

/**
 * A dialogue that answers so many at once and no more. Who has spoken goes before who may have: what is answered in
 * secret is wanted more once the turn is certain [T5].
 */
export class QueuedDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #places: Places;

  constructor(inner: Dialogue, places: Places) {
    this.name = inner.name;
    this.#inner = inner;
    this.#places = places;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const { signal, committed } = options;
    const asked = { rank: 'maybe', who: askerOf(conversation), waitMs: ANSWER_WAIT_MS, signal } as const;
    const place = this.#places.take(asked);
    committed.then(
      () => place.raise('certain'),
      () => {},
    );
    yield* held(place, () => this.#inner.reply(conversation, options));
  }
}

async function* held<T>(place: Place, work: () => AsyncIterable<T>): AsyncGenerator<T> {
  try {
    await place.taken;
    yield* work();
  } finally {
    place.free();
  }
}

/** Notes are taken when nobody else wants the model. */
export function queuedNotes(inner: NoteTaker, places: Places): NoteTaker {
  const inTurn = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const place = places.take({ rank: 'notes', who: inner, waitMs: NOTES_WAIT_MS, signal });
    try {
      await place.taken;
      return await work();
    } finally {
      place.free();
    }
  };
  const { summarise } = inner;
  return {
    learn: (lesson, options) => inTurn(options.signal, () => inner.learn(lesson, options)),
    ...(summarise !== undefined && {
      summarise: (before, exchanges, options) =>
        inTurn(options.signal, () => summarise.call(inner, before, exchanges, options)),
    }),
  };
}
