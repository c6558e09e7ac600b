import type { JobPerson, ToHost } from '../../protocol/agents.ts';
import type { LogEntry } from '../../protocol/conversation.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import { type Fact, MEMORY_LIMITS } from '../../protocol/memory.ts';
import { mentioning } from '../../protocol/mentions.ts';
import type { Learner, Summariser } from '../think/memory.ts';
import type { Conversation, Exchange, Known, Persona } from '../think/ports.ts';
import type { Sight } from '../think/sight.ts';
import { usesTools } from '../think/toolbox.ts';
import { Deeds } from '../think/tools/deeds.ts';
import type { Lookups } from '../think/tools/lookups.ts';
import { factsOf, isSameName, keptAs, ownerOf } from './owners.ts';

/** Exchanges that a dialogue is given word by word, at most. */
const WINDOW = 60;
/** Where a summary is kept, it takes in the oldest once so many are not in it yet, and leaves these. */
const SUMMARISE_AT = 40;
const SUMMARISE_LEAVES = 20;
/** After the end, notes are waited for so long. The server listens for them a little longer. */
const LAST_LESSON_MS = 4000;
/** Of an earlier conversation that is taken up again. */
const EARLIER_LINES = 40;
const MAX_GONE = 16;
/** Of what was said to others the latest is kept: it must not push out what was said to the avatar [C2]. */
const MAX_OVERHEARD = 20;

export interface RecollectionDeps {
  persona: Persona;
  learner: Learner;
  /** Absent: what does not fit the window is forgotten. */
  summariser?: Summariser;
  /** What was learned of somebody who asked to be remembered. */
  learned(identity: string, turnId: string, facts: Fact[], revision: number): void;
  report(problem: string, error: unknown): void;
  /** What somebody shows right now, if they let it be seen. */
  look?(identity: string, name: string, options: { signal: AbortSignal }): Promise<Sight[]>;
}

/** What is remembered of a person, after they have erased or corrected some of it. */
export type Remembered = Pick<ToHost<'job.memories'>, 'memories' | 'revision' | 'turns'>;

interface Person {
  name: string;
  remember: boolean;
  /** Theirs, of what is kept of their identity. */
  facts: Map<string, Fact>;
  /** Whose name goes without saying in what is kept. */
  owner: string | undefined;
  /** How often they have erased or corrected some of them. */
  revision: number;
  feeling?: Feeling;
  /** The latest thing to learn from; earlier ones that wait are passed over. */
  lesson?: symbol;
}

/** What a conversation knows of itself: its history, a summary of what is older, and its people. */
export class Recollection {
  readonly #deps: RecollectionDeps;
  /** The end of an earlier conversation with whoever is here alone. */
  #earlier: readonly Exchange[];
  #history: Exchange[];
  readonly #people = new Map<string, Person>();
  /** Those who left, for what is still to be learned from their last words. */
  readonly #gone = new Map<string, Person>();
  /** Ends what is being learned from what was said, and summed up. */
  #abort = new AbortController();
  /** What was learned so far is learned before more is. */
  #learning: Promise<void> = Promise.resolve();
  #summary: string | undefined;
  /** How many of the history's exchanges are in the summary. */
  #summarised = 0;
  #summarising = false;
  readonly #lookups: Lookups | undefined;
  #deeds = new Deeds();

  /**
   * @param earlier the end of an earlier conversation, as if it had been this one's beginning
   * @param lookups what its tools look up while talk goes on
   */
  constructor(
    deps: RecollectionDeps,
    history: readonly LogEntry[],
    earlier: readonly LogEntry[] = [],
    lookups?: Lookups,
  ) {
    this.#lookups = lookups;
    this.#deps = deps;
    this.#earlier = exchangesOf(earlier).slice(-EARLIER_LINES);
    this.#history = exchangesOf(history);
  }

  /** What was said and heard, oldest first, as far as it is still known word by word. */
  get history(): readonly Exchange[] {
    return this.#history;
  }

  /** What the avatar said last, as far as it was heard. */
  get lastSaid(): string {
    return this.#history.findLast(({ role }) => role === 'avatar')?.text ?? '';
  }

  joined({ identity, name, remember, memories, revision }: JobPerson): void {
    this.#gone.delete(identity);
    const facts = factsIn(factsOf(memories, name));
    const owner = ownerOf(memories);
    this.#people.set(identity, { ...this.#people.get(identity), name, remember, facts, owner, revision });
  }

  /** Somebody has erased or corrected some of it: where they told that in this call, it is forgotten, too. */
  remembered(identity: string, { memories, revision, turns }: Remembered): void {
    const person = this.#people.get(identity) ?? this.#gone.get(identity);
    if (person === undefined) return;
    const left = new Set(memories.map(({ value }) => value));
    const tells = mentioning([...person.facts.values()].map(({ value }) => value).filter(value => !left.has(value)));
    person.facts = factsIn(factsOf(memories, person.name));
    person.owner = ownerOf(memories);
    person.revision = revision;
    const told = new Set<string | undefined>(turns);
    // Of what the avatar said, what answers them: a value may be any word, and would take others' answers with it.
    const answersThem = answering([...this.#earlier, ...this.#history].filter(({ speaker }) => speaker === identity));
    this.#forget(
      each => (each.speaker === identity || answersThem(each)) && (told.has(each.turnId) || tells(each.text)),
    );
  }

  /** These entries of the log are known no more, nor the answers to them: not even those that answer others, too. */
  strike(entryIds: ReadonlySet<string>): void {
    const isStruck = ({ entryId = '' }: Exchange) => entryIds.has(entryId);
    const answersThem = answering([...this.#earlier, ...this.#history].filter(isStruck), entryIds);
    const left = new Set([...this.#earlier, ...this.#history].map(({ entryId }) => entryId));
    this.#deeds = new Deeds();
    this.#forget(each => isStruck(each) || answersThem(each), {
      // Of what is no longer there word by word, something may have been made with any line since.
      allKnown: [...entryIds].every(id => left.has(id)),
    });
  }

  left(identity: string): void {
    // What they asked for is not for others.
    this.#lookups?.clear(identity);
    const person = this.#people.get(identity);
    if (person === undefined) return;
    this.#people.delete(identity);
    this.#gone.set(identity, person);
    for (const [longest] of this.#gone) {
      if (this.#gone.size <= MAX_GONE) break;
      this.#gone.delete(longest);
    }
  }

  /** Names of everybody who is here. */
  get names(): string[] {
    return [...this.#people.values()].map(({ name }) => name);
  }

  isHere(identity: string): boolean {
    return this.#people.has(identity);
  }

  felt(identity: string, feeling: Feeling | null): void {
    const person = this.#people.get(identity);
    if (person === undefined) return;
    if (feeling === null) delete person.feeling;
    else person.feeling = feeling;
  }

  feeling(identity: string): Feeling | undefined {
    return this.#people.get(identity)?.feeling;
  }

  /**
   * The one person who is here, if something is known of them or a conversation is taken up again with them. Before
   * others nobody is asked about what they told in confidence.
   */
  returning(): string | undefined {
    const [[identity, { facts }] = [undefined, { facts: new Map() }], ...others] = this.#people;
    return others.length === 0 && (this.#theirs.length > 0 || facts.size > 0) ? identity : undefined;
  }

  /** The end of an earlier conversation, where who is here alone goes by the name of who held it. */
  get #theirs(): readonly Exchange[] {
    const [[identity, person] = [undefined, undefined], ...others] = this.#people;
    if (person === undefined || others.length > 0) return [];
    const own = this.#earlier.filter(({ role, speaker }) => role === 'user' && speaker === identity);
    return own.length === 0 || own.some(({ name }) => isSameName(name, person.name)) ? this.#earlier : [];
  }

  /** What a dialogue is given to answer. */
  conversation(turn: readonly Exchange[], occasion?: Conversation['occasion']): Conversation {
    const { persona, look } = this.#deps;
    // What is known of somebody, and how they feel, is for their own answers only.
    const about = new Set([...turn.map(({ speaker }) => speaker), occasion?.identity]);
    return {
      persona,
      // What somebody said in an earlier conversation is not for the ears of others.
      history: [...this.#theirs, ...this.#history.slice(Math.max(this.#summarised, this.#history.length - WINDOW))],
      ...(this.#summary !== undefined && { summary: this.#summary }),
      turn,
      people: [...this.#people].map(([identity, person]) =>
        about.has(identity) ? known(identity, person) : { identity, name: person.name, facts: [] },
      ),
      ...(occasion !== undefined && { occasion }),
      ...(usesTools(persona) && {
        deeds: this.#deeds,
        ...(this.#lookups !== undefined && { lookups: this.#lookups }),
      }),
      ...(look !== undefined && {
        look: async options => {
          const speakers = new Map(turn.map(({ speaker, name }) => [speaker, name]));
          return (await Promise.all([...speakers].map(([identity, name]) => look(identity, name, options)))).flat();
        },
      }),
    };
  }

  /** What was said in a turn, and what of the answer was heard [T4]. */
  said(turnId: string, exchanges: readonly Exchange[]): void {
    this.#history.push(...exchanges.map(each => ({ ...each, turnId })));
    // More than is ever given to a dialogue or summed up would only grow [C2].
    const surplus = Math.max(0, this.#history.length - 2 * WINDOW);
    this.#history.splice(0, surplus);
    this.#summarised = Math.max(0, this.#summarised - surplus);
    const speakers = new Set(exchanges.filter(({ role }) => role === 'user').map(({ speaker }) => speaker));
    for (const speaker of speakers) this.#learn(speaker, turnId);
    void this.#summarise();
  }

  /** What was said to others. It is part of the history, marked; nothing is learned from it. */
  overheard(exchange: Exchange): void {
    const kept = this.#history.filter(({ overheard }) => overheard === true);
    if (kept.length >= MAX_OVERHEARD) this.#remove(this.#history.indexOf(kept[0]!));
    this.#history.push({ ...exchange, turnId: exchange.turnId ?? exchange.entryId, overheard: true });
  }

  /** The last that was said to the avatar, if nobody answered it; it is taken back to be answered now. */
  takeUnanswered(): Exchange | undefined {
    const last = this.#history.findLastIndex(({ overheard }) => overheard !== true);
    return this.#history[last]?.role === 'user' ? this.#remove(last) : undefined;
  }

  /** What was said last is still learned from, within a moment. */
  async close(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LAST_LESSON_MS);
    this.#lookups?.clear();
    await Promise.race([this.#learning, late]);
    clearTimeout(timer);
    this.#abort.abort();
  }

  /**
   * What was summed up, or is being learned, may be made of it: that goes, too.
   *
   * @param allKnown all that is to be forgotten is still there word by word
   */
  #forget(isGone: (exchange: Exchange) => boolean, { allKnown = false } = {}): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#lookups?.clear();
    // Others than before: a dialogue may have kept what it made of them and of all that came before. What came before
    // all that is gone stays as it is, so that a dialogue need not go through it again.
    let stays = allKnown;
    const left = (said: readonly Exchange[]) =>
      said.flatMap(each => {
        if (!isGone(each)) return [stays ? each : { ...each }];
        stays = false;
        return [];
      });
    this.#earlier = left(this.#earlier);
    this.#history = left(this.#history);
    this.#summary = undefined;
    this.#summarised = 0;
  }

  #remove(index: number): Exchange | undefined {
    if (index < this.#summarised) this.#summarised -= 1;
    return this.#history.splice(index, 1)[0];
  }

  #learn(identity: string, turnId: string): void {
    const history = this.#history.filter(({ overheard }) => overheard !== true);
    const { signal } = this.#abort;
    // They may leave while it is being worked out.
    const person = this.#people.get(identity) ?? this.#gone.get(identity);
    if (person?.remember !== true) return;
    const lesson = Symbol('lesson');
    person.lesson = lesson;
    this.#learning = this.#learning.then(async () => {
      // A later one looks at the same words, and more [C2].
      if (signal.aborted || person.lesson !== lesson) return;
      const { persona, learner, learned, report } = this.#deps;
      try {
        const facts = await learner.learn({ persona, person: known(identity, person), history }, { signal });
        signal.throwIfAborted();
        for (const fact of facts) {
          person.facts.delete(fact.key);
          person.facts.set(fact.key, fact);
        }
        for (const key of [...person.facts.keys()].slice(0, -MEMORY_LIMITS.facts)) person.facts.delete(key);
        if (facts.length === 0) return;
        learned(identity, turnId, keptAs(facts, person.name, person.owner), person.revision);
        person.owner ??= person.name;
      } catch (error) {
        if (!signal.aborted) report('nothing could be learned', error);
      }
    });
  }

  async #summarise(): Promise<void> {
    const { summariser, report } = this.#deps;
    const { signal } = this.#abort;
    if (summariser === undefined || this.#summarising) return;
    if (this.#history.length - this.#summarised < SUMMARISE_AT) return;
    this.#summarising = true;
    // What was overheard may be dropped meanwhile: it marks no place.
    const upTo = this.#history.slice(0, 1 - SUMMARISE_LEAVES).findLast(({ overheard }) => overheard !== true)!;
    const exchanges = this.#history.slice(this.#summarised, this.#history.indexOf(upTo));
    try {
      const summary = await summariser.summarise(this.#summary, exchanges, { signal });
      signal.throwIfAborted();
      this.#summary = summary;
      // The history may have moved meanwhile.
      this.#summarised = Math.max(0, this.#history.indexOf(upTo));
    } catch (error) {
      // Those exchanges stay in the window a while longer, and are asked about again after the next turn.
      if (!signal.aborted) report('the conversation could not be summed up', error);
    } finally {
      this.#summarising = false;
    }
  }
}

const exchangesOf = (log: readonly LogEntry[]): Exchange[] => log.filter(({ text }) => text !== '').map(exchangeOf);

/** An entry of the log, as a dialogue sees it. */
export const exchangeOf = ({
  id,
  turnId,
  answers,
  role,
  speaker,
  speakerName,
  text,
  overheard,
  source,
}: LogEntry): Exchange => ({
  role,
  speaker,
  name: speakerName,
  text,
  entryId: id,
  turnId,
  ...(answers !== undefined && { answers }),
  ...(overheard === true && { overheard }),
  ...(source === 'text' && role === 'user' && { typed: true }),
});

/** Whether something is an answer to what was said here: it says so, or was said in the same turn. */
function answering(said: readonly Exchange[], entryIds: Iterable<string> = []): (exchange: Exchange) => boolean {
  const turns = new Set(said.map(({ turnId }) => turnId));
  const ids = new Set([...entryIds, ...said.flatMap(({ entryId }) => entryId ?? [])]);
  return ({ role, turnId, answers = [] }) =>
    role === 'avatar' && (turns.has(turnId) || answers.some(id => ids.has(id)));
}

/** They come newest first; what is kept longest gives way first. */
const factsIn = (memories: readonly Fact[]) => new Map(memories.toReversed().map(fact => [fact.key, fact]));

const known = (identity: string, { name, facts, feeling }: Person): Known => ({
  identity,
  name,
  facts: [...facts.values()],
  ...(feeling !== undefined && { feeling }),
});
