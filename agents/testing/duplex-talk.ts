import { Cancelled } from '../base/cancellation.ts';
import type { Responder, Spoken, SpokenSound } from '../respond/port.ts';
import type { Conversation, Exchange } from '../think/ports.ts';
import { PERSONA } from './scene.ts';

/** Something that Ann said. */
export const said = (text: string, more: Partial<Exchange> = {}): Exchange => ({
  role: 'user',
  speaker: 'ann',
  name: 'Ann',
  text,
  entryId: text,
  ...more,
});

export interface Asking {
  turn?: Exchange[];
  history?: Exchange[];
  /** Called off once so many samples were given. */
  until?: number;
  /** Whether the turn is certain to be over. */
  certain?: boolean;
}

export interface Asked {
  turnId: string;
  error: unknown;
  got: Spoken[];
  sounds: SpokenSound[];
  samples: number;
  words: string;
}

/** Talks with a responder that hears people itself, as a conversation does. */
export class DuplexTalk {
  readonly #responder: Responder;
  #turns = 0;

  constructor(responder: Responder) {
    this.#responder = responder;
  }

  /** So much of Ann's voice. */
  hear(ms = 500): void {
    for (let i = 0; i < ms / 20; i++) this.#responder.hear?.('ann', new Int16Array(320).fill(2000), true);
  }

  async ask({ turn = [said('Hello')], history = [], until, certain = true }: Asking = {}): Promise<Asked> {
    const turnId = `t${++this.#turns}`;
    const stop = new AbortController();
    const got: Spoken[] = [];
    const conversation: Conversation = { persona: PERSONA, history, turn };
    const committed = certain ? Promise.resolve() : new Promise<void>(() => {});
    const options = { turnId, signal: stop.signal, committed, room: async () => {} };
    let samples = 0;
    const reading = (async () => {
      for await (const each of this.#responder.respond(conversation, options)) {
        got.push(each);
        if (each.type === 'speech') samples += each.pcm.length;
        if (until !== undefined && samples >= until) stop.abort(new Cancelled('somebody spoke'));
      }
    })();
    const error = await reading.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    const sounds = got.filter((each): each is SpokenSound => each.type === 'speech');
    const words = sounds.flatMap(sound => sound.words.map(({ text }) => text)).join(' ');
    return { turnId, error, got, samples, words, sounds };
  }
}
