import { Listener, type ListenerDeps, type ListenerEvents } from '../listen/listener.ts';
import type { Exchange } from '../think/ports.ts';

/** What is heard of a person, by identity. */
export type AudienceEvents = {
  [E in keyof ListenerEvents]: (identity: string, ...what: Parameters<ListenerEvents[E]>) => void;
};

/** The people in the room, each with a listener of their own while their microphone is open. */
export class Audience {
  readonly #deps: ListenerDeps;
  readonly #events: AudienceEvents;
  readonly #people = new Map<string, { name: string; listener?: Listener }>();

  constructor(deps: ListenerDeps, events: AudienceEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  /** Somebody speaks now, or has just paused. */
  get speaking(): boolean {
    return this.speakers.length > 0;
  }

  /** Identities of those who speak now, or have just paused. */
  get speakers(): string[] {
    return [...this.#people].filter(([, { listener }]) => listener?.speaking === true).map(([identity]) => identity);
  }

  /** Where somebody is among those who are here: -1 the first, 1 the last, 0 the only one. */
  place(identity: string): number {
    const people = [...this.#people.keys()];
    return people.length < 2 ? 0 : (2 * people.indexOf(identity)) / (people.length - 1) - 1;
  }

  joined(identity: string, name: string): void {
    this.#people.set(identity, { ...this.#people.get(identity), name });
  }

  left(identity: string): void {
    this.unlisten(identity);
    this.#people.delete(identity);
  }

  /** Begins to hear a person, afresh if they were heard before. */
  listen(identity: string, name: string): void {
    this.unlisten(identity);
    const { started, partial, paused, candidate, resumed, utterance, nothing, failed } = this.#events;
    const listener = new Listener(identity, this.#deps, {
      started: id => started(identity, id),
      partial: (id, text) => partial(identity, id, text),
      paused: (id, pcm) => paused(identity, id, pcm),
      candidate: (id, text) => candidate(identity, id, text),
      resumed: id => resumed(identity, id),
      utterance: said => utterance(identity, said),
      nothing: id => nothing(identity, id),
      failed: (id, error) => failed(identity, id, error),
    });
    this.#people.set(identity, { name, listener });
  }

  unlisten(identity: string): void {
    const person = this.#people.get(identity);
    if (person?.listener === undefined) return;
    const open = person.listener.utteranceId;
    person.listener.close();
    this.#people.set(identity, { name: person.name });
    // What they had begun to say will never be finished.
    if (open !== undefined) this.#events.nothing(identity, open);
  }

  hear(identity: string, pcm: Int16Array, audible: boolean): void {
    this.#people.get(identity)?.listener?.push(pcm, audible);
  }

  /** Words of a person, as a dialogue wants them. */
  exchange(identity: string, entryId: string, text: string): Exchange {
    return { role: 'user', speaker: identity, name: this.#people.get(identity)?.name ?? identity, text, entryId };
  }

  /** Those who said this were not done yet: they are given more time from now on. */
  wereCutOff(said: readonly Exchange[]): void {
    for (const { speaker } of said) this.#people.get(speaker)?.listener?.endpointing.cutOff();
  }

  /** Those who said this were done when their turn was taken. */
  wereDone(said: readonly Exchange[]): void {
    for (const { speaker } of said) this.#people.get(speaker)?.listener?.endpointing.wasDone();
  }

  close(): void {
    for (const identity of [...this.#people.keys()]) this.left(identity);
  }
}
