import type { AgentState } from '../../protocol/conversation.ts';
import type { Person } from '../../test/harness/person.ts';
import { request } from '../../test/harness/socket.ts';
import { pause } from '../load/product.ts';
import { scrape, total } from '../load/scrape.ts';

const QUESTIONS = ['What is your name?', 'What can you do?', 'Where do you live?', 'Do you like music?'];
const ANSWER_MS = 8000;
const QUIET_MS = 700;
const BETWEEN_MS = 200;
/** A call in which something took this much longer than it does in peace was disturbed. */
const DISTURBED_MS = 1000;
const SCRAPE_EVERY_MS = 1000;

interface Exchange {
  person: number;
  /** From the question to the first sound; infinite where none came. */
  answerMs: number;
  /** The longest silence while the avatar was speaking. */
  gapMs: number;
  atMs: number;
}

/** People who ask one thing after another, and notice when an answer is late or breaks off. */
export class Calls {
  readonly #exchanges: Exchange[] = [];
  readonly #stopped = new AbortController();
  readonly #talks: Promise<void>[];
  readonly #url: string;
  #longestStallMs = 0;

  constructor(people: readonly Person[], url: string) {
    this.#url = url;
    this.#talks = [...people.map((person, i) => this.#converse(person, i)), this.#watch()];
  }

  /** Since the first question, or since this was called last. */
  takeStallMs(): number {
    const longest = this.#longestStallMs;
    this.#longestStallMs = 0;
    return Math.round(longest);
  }

  /** Calls that were disturbed in a stretch, against what they were in another. */
  disturbed(peace: [number, number], siege: [number, number]): { calls: number; worstMs: number; exchanges: number } {
    const within = ([from, to]: [number, number]) => this.#exchanges.filter(({ atMs }) => atMs >= from && atMs < to);
    const calm = within(peace);
    const most = (of: readonly Exchange[], what: 'answerMs' | 'gapMs') => Math.max(0, ...of.map(each => each[what]));
    const attacked = within(siege);
    const worst = attacked.map(each => ({
      ...each,
      lateMs: Math.max(each.answerMs - most(calm, 'answerMs'), each.gapMs - most(calm, 'gapMs')),
    }));
    return {
      calls: new Set(worst.filter(({ lateMs }) => lateMs > DISTURBED_MS).map(({ person }) => person)).size,
      worstMs: Math.round(Math.max(0, ...worst.map(({ lateMs }) => lateMs))),
      exchanges: attacked.length,
    };
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#talks);
  }

  async #converse(person: Person, number: number): Promise<void> {
    let state = 'idle' as AgentState;
    person.socket.on('agent.state', (said: { state: AgentState }) => {
      state = said.state;
    });
    for (let n = number; !this.#stopped.signal.aborted; n++) {
      const endMs = performance.now() + ANSWER_MS;
      while (performance.now() - person.heardMs < QUIET_MS && performance.now() < endMs) await pause(20);
      await pause(BETWEEN_MS);
      person.listen();
      const atMs = performance.now();
      await request(person.socket, 'say', { text: QUESTIONS[n % QUESTIONS.length]! }).catch(() => {});
      while (person.onsetMs === undefined && performance.now() < atMs + ANSWER_MS) await pause(5);
      let gapMs = 0;
      while (person.onsetMs !== undefined && performance.now() - person.heardMs < QUIET_MS) {
        await pause(10);
        if (state === 'speaking') gapMs = Math.max(gapMs, performance.now() - person.heardMs);
      }
      const answerMs = (person.onsetMs ?? Number.POSITIVE_INFINITY) - atMs;
      this.#exchanges.push({ person: number, answerMs, gapMs, atMs });
    }
  }

  async #watch(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const samples = await scrape(this.#url).catch(() => undefined);
      const seconds = samples === undefined ? 0 : total(samples, 'visavis_agent_host_pulse_seconds');
      this.#longestStallMs = Math.max(this.#longestStallMs, seconds * 1000);
      await pause(SCRAPE_EVERY_MS);
    }
  }
}
