import { Listener, type ListenerContext, type ListenerDeps, type ListenerEvents } from '../listen/listener.ts';
import type { Exchange } from '../think/ports.ts';

/** What is heard of a person, by identity. */
export type AudienceEvents = {
  [E in keyof ListenerEvents]: (identity: string, ...what: Parameters<ListenerEvents[E]>) => void;
};

interface Person {
  name: string;
  listener?: Listener;
  /** They have left; what they said last is still read. */
  gone?: true;
}

/** The people in the room, each with a listener of their own while their microphone is open. */
export class Audience {
  readonly #deps: ListenerDeps;
  readonly #context: ListenerContext;
  readonly #events: AudienceEvents;
  readonly #people = new Map<string, Person>();
  /** Of microphones that are closed: what was being said is still read. */
  readonly #finishing = new Set<Listener>();

  constructor(deps: ListenerDeps, context: ListenerContext, events: AudienceEvents) {
    this.#deps = deps;
    this.#context = context;
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

  /** Whether somebody speaks now, or has just paused. */
  speaks(identity: string): boolean {
    return this.#people.get(identity)?.listener?.speaking === true;
  }

  /** Where somebody is among those who are here: -1 the first, 1 the last, 0 the only one. */
  place(identity: string): number {
    const people = [...this.#people.keys()];
    return people.length < 2 ? 0 : (2 * people.indexOf(identity)) / (people.length - 1) - 1;
  }

  joined(identity: string, name: string): void {
    const { listener } = this.#people.get(identity) ?? {};
    this.#people.set(identity, { name, ...(listener !== undefined && { listener }) });
  }

  /** Whether somebody is here. */
  has(identity: string): boolean {
    return this.#people.get(identity)?.gone === undefined && this.#people.has(identity);
  }

  /** Who leaves in mid-word is still read. */
  left(identity: string): void {
    const finished = this.unlisten(identity);
    const person = this.#people.get(identity);
    if (person === undefined) return;
    person.gone = true;
    void finished.then(() => {
      if (this.#people.get(identity) === person) this.#people.delete(identity);
    });
  }

  /** Begins to hear a person, afresh if they were heard before. */
  listen(identity: string, name: string): void {
    void this.unlisten(identity);
    const { started, partial, paused, candidate, resumed, continued, utterance, nothing, failed, judged } =
      this.#events;
    const listener = new Listener(identity, this.#deps, this.#context, {
      started: id => started(identity, id),
      partial: (id, text, speechMs) => partial(identity, id, text, speechMs),
      paused: (id, pcm) => paused(identity, id, pcm),
      candidate: (id, text) => candidate(identity, id, text),
      resumed: id => resumed(identity, id),
      continued: (id, begun) => continued(identity, id, begun),
      utterance: said => utterance(identity, said),
      nothing: id => nothing(identity, id),
      failed: (id, error) => failed(identity, id, error),
      judged: pause => judged(identity, pause),
    });
    this.#people.set(identity, { name, listener });
  }

  /** Hears a person no more; resolves when what they had begun to say is told. */
  async unlisten(identity: string): Promise<void> {
    const person = this.#people.get(identity);
    if (person?.listener === undefined) return;
    this.#people.set(identity, { name: person.name });
    const { listener } = person;
    this.#finishing.add(listener);
    await listener.finish();
    this.#finishing.delete(listener);
  }

  hear(identity: string, pcm: Int16Array, audible: boolean): void {
    this.#people.get(identity)?.listener?.push(pcm, audible);
  }

  /** Words of a person, as a dialogue wants them. */
  exchange(identity: string, entryId: string, text: string): Exchange {
    return { role: 'user', speaker: identity, name: this.#people.get(identity)?.name ?? identity, text, entryId };
  }

  close(): void {
    for (const { listener } of this.#people.values()) listener?.close();
    for (const listener of this.#finishing) listener.close();
    this.#people.clear();
  }
}
