import OpenAI from 'openai';
import { z } from 'zod';
import { Fact } from '../../../protocol/memory.ts';
import { ProviderError } from '../../listen/ports.ts';
import type { Learner, Lesson, Summariser } from '../../think/memory.ts';
import type { Exchange } from '../../think/ports.ts';
import type { OpenAiConfig } from './dialogue.ts';
import { categorised } from './errors.ts';
import { usageOf } from './token-count.ts';

/** Exchanges that something new is looked for in; what came before was looked at already. */
const LESSON_EXCHANGES = 8;
const TIMEOUT_MS = 20_000;
const SUMMARY_TOKENS = 250;
const FACTS_TOKENS = 400;

const SUMMARISE =
  'Sum up a conversation for the one who will go on with it: who is who, what was told, asked, promised and left open. At most 120 words of plain prose in the conversation’s language. Keep what the earlier summary has, unless it was corrected.';
const LEARN = `From a conversation, note lasting facts about one person that a good friend would remember for the next call: name, work, what they sell, home, family, friends, pets, likes, dislikes, plans and dates, worries. Only what that person said of themself or theirs; no guesses, no secrets such as passwords or card numbers.
Answer with JSON only: {"facts":[{"key":"...","value":"...","text":"..."}]}. "key" is short, in lower case with underscores; use these where they fit: name, job, role, place, likes, pet, petname, product, customers, price, deal, objection, name_sister, story_sister (and so on for other people). "value" is a few words, "text" a sentence about them in the third person. Only facts that are new or have changed; none: {"facts":[]}.`;

const Answer = z.object({ facts: z.array(z.unknown()) });

/** Keeps notes with an OpenAI-compatible chat endpoint: summaries of long conversations, facts about people. */
export class OpenAiNotes implements Learner, Summariser {
  readonly #client: OpenAI;
  readonly #model: string;
  readonly #used: OpenAiConfig['used'];

  constructor({ apiKey, baseUrl, model, used }: Pick<OpenAiConfig, 'apiKey' | 'baseUrl' | 'model' | 'used'>) {
    this.#model = model;
    this.#used = used;
    this.#client = new OpenAI({
      apiKey,
      ...(baseUrl !== undefined && { baseURL: baseUrl }),
      maxRetries: 1,
      timeout: TIMEOUT_MS,
      // It would write what was said to the console [P1].
      logLevel: 'off',
    });
  }

  async summarise(
    before: string | undefined,
    exchanges: readonly Exchange[],
    { signal }: { signal: AbortSignal },
  ): Promise<string> {
    const earlier = before === undefined ? '' : `Earlier summary: ${before}\n\n`;
    const summary = await this.#ask(SUMMARISE, `${earlier}${lines(exchanges)}`, SUMMARY_TOKENS, signal);
    if (summary === '') throw new ProviderError('internal', 'the summary was empty', { retryable: true });
    return summary;
  }

  async learn({ person, history }: Lesson, { signal }: { signal: AbortSignal }): Promise<Fact[]> {
    const known = person.facts.map(({ key, value }) => `${key}: ${value}`).join('\n') || 'nothing yet';
    const question = `The person: ${person.name}\nKnown already:\n${known}\n\nConversation:\n${lines(history.slice(-LESSON_EXCHANGES))}`;
    const facts = parsed(await this.#ask(LEARN, question, FACTS_TOKENS, signal));
    const before = new Map(person.facts.map(({ key, value }) => [key, value]));
    return facts.filter(({ key, value }) => before.get(key) !== value);
  }

  async #ask(instructions: string, question: string, maxTokens: number, signal: AbortSignal): Promise<string> {
    try {
      const answer = await this.#client.chat.completions.create(
        {
          model: this.#model,
          max_tokens: maxTokens,
          temperature: 0,
          messages: [
            { role: 'system', content: instructions },
            { role: 'user', content: question },
          ],
        },
        { signal },
      );
      if (answer.usage) this.#used?.(usageOf(answer.usage));
      return answer.choices[0]?.message.content?.trim() ?? '';
    } catch (error) {
      signal.throwIfAborted();
      throw categorised(error);
    }
  }
}

const lines = (exchanges: readonly Exchange[]) => exchanges.map(({ name, text }) => `${name}: ${text}`).join('\n');

/** The facts in an answer; models wrap JSON in all sorts of words. Malformed facts are left out. */
function parsed(text: string): Fact[] {
  const json = /\{[\s\S]*\}/.exec(text)?.[0];
  try {
    const { facts } = Answer.parse(JSON.parse(json ?? ''));
    return facts.flatMap(fact => {
      const { success, data } = Fact.safeParse(fact);
      return success ? [data] : [];
    });
  } catch (error) {
    throw new ProviderError('bad-input', 'the notes were not the JSON that was asked for', {
      retryable: true,
      cause: error,
    });
  }
}
