import type { Feeling } from '../../protocol/feelings.ts';
import type { Clock } from '../base/clock.ts';
import type { Exchange } from '../think/ports.ts';
import type { RoomView } from './ports.ts';
import type { Turn } from './turn.ts';

/** The entry of what the avatar says in a turn. */
const answerId = (turnId: string): string => `${turnId}:avatar`;

/** A greeting answers nothing. */
const answering = ({ answers }: Turn) => (answers.length > 0 ? { answers } : {});

/** Shows the room what is being said: transcripts as they grow, the avatar's words as they are heard. */
export class ConversationLog {
  readonly #clock: Clock;
  readonly #view: RoomView;
  readonly #language: { language?: string };
  readonly #avatar: { identity: string; name: string };
  /** When entries that still grow were begun, Unix ms. */
  readonly #begun = new Map<string, number>();

  /** The avatar's words as last shown. */
  #shown = '';

  /** @param language of the conversation, BCP 47 */
  constructor(clock: Clock, view: RoomView, avatar: { identity: string; name: string }, language?: string) {
    this.#clock = clock;
    this.#view = view;
    this.#avatar = avatar;
    this.#language = language === undefined ? {} : { language };
  }

  /** A person's words so far. Typed ones are in the log already: the server put them there. */
  user(
    { speaker, name, text, overheard }: Exchange,
    id: string,
    final: boolean,
    source: 'voice' | 'text' = 'voice',
    feeling?: Feeling,
  ): void {
    if (source === 'text') return;
    this.#view.log({
      id,
      turnId: id,
      speaker,
      speakerName: name,
      role: 'user',
      source,
      text,
      final,
      atMs: this.#begunAt(id, final),
      ...this.#language,
      ...(feeling !== undefined && { feeling }),
      ...(overheard === true && { overheard }),
    });
  }

  /** It was no speech after all. */
  nothing(id: string): void {
    if (this.#begun.delete(id)) this.#view.unlog(id);
  }

  /** The part of the turn's words that was heard [T4]. */
  spoken(turn: Turn, final: boolean, interrupted = false): void {
    const text = turn.ledger.heard;
    // Word by word, not progress by progress.
    if (text === '' || (!final && text === this.#shown)) return;
    this.#shown = final ? '' : text;
    const id = answerId(turn.id);
    const { identity, name } = this.#avatar;
    this.#view.log({
      id,
      turnId: turn.id,
      ...answering(turn),
      speaker: identity,
      speakerName: name,
      role: 'avatar',
      source: 'voice',
      text,
      final,
      ...(interrupted && { interrupted }),
      ...(turn.sources.length > 0 && { sources: [...turn.sources] }),
      atMs: this.#begunAt(id, final),
      ...this.#language,
    });
  }

  /** What was heard of the turn, as a dialogue sees it; nothing, where nothing was. */
  answer(turn: Turn): Exchange[] {
    const { identity: speaker, name } = this.#avatar;
    const text = turn.ledger.heard;
    return text === '' ? [] : [{ role: 'avatar', speaker, name, text, entryId: answerId(turn.id), ...answering(turn) }];
  }

  #begunAt(id: string, final: boolean): number {
    const atMs = this.#begun.get(id) ?? this.#clock.unixMs();
    if (final) this.#begun.delete(id);
    else this.#begun.set(id, atMs);
    return atMs;
  }
}
