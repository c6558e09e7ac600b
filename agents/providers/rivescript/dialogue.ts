import { randomUUID } from 'node:crypto';
import RiveScript from 'rivescript';
import { EMOTIONS, type Emotion } from '../../../protocol/timeline.ts';
import { ProviderError } from '../../listen/ports.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions, ReplyPart } from '../../think/ports.ts';

/** A reply may begin with the feeling it is said with: `(happy) Nice to see you.` */
const FEELING = new RegExp(`^\\((${EMOTIONS.join('|')})\\)\\s*`);
const FEELING_INTENSITY = 0.7;

/**
 * The embedded dialogue: a RiveScript brain per persona. What it knows of a conversation is worked out again from
 * the history for each reply (0.1 ms a line), so that an answer prepared in vain leaves nothing behind [T5].
 */
export class RiveScriptDialogue implements Dialogue {
  readonly name = 'embedded';
  readonly #brains = new Map<string, RiveScript>();

  /** Throws a ProviderError naming the line when the persona's script is wrong. */
  prepare(persona: Persona): void {
    const brain = new RiveScript({
      utf8: true,
      errors: { replyNotMatched: '', replyNotFound: '', objectNotFound: '', deepRecursion: '' },
    });
    let problem: string | undefined;
    brain.stream(persona.script, (error: string) => {
      problem ??= error;
    });
    if (problem !== undefined)
      throw new ProviderError('bad-input', `the script of ${persona.name} is wrong: ${problem}`, { retryable: false });
    brain.sortReplies();
    this.#brains.set(persona.id, brain);
  }

  async *reply({ persona, history, turn }: Conversation, { signal }: ReplyOptions): AsyncGenerator<ReplyPart> {
    const brain = this.#brains.get(persona.id);
    if (brain === undefined)
      throw new ProviderError('internal', `no script is loaded for ${persona.name}`, { retryable: false });
    const last = turn.at(-1);
    if (last === undefined) return;
    // Replies of several conversations may interleave: each has its own memory, forgotten afterwards.
    const user = randomUUID();
    let reply: string;
    try {
      await brain.setUservars(user, { name: last.name, speaker: last.name });
      for (const { role, speaker, text } of history) {
        if (role === 'avatar') await this.#said(brain, user, text);
        else if (speaker === last.speaker) await brain.reply(user, normalised(text));
      }
      reply = (await brain.reply(user, normalised(turn.map(({ text }) => text).join(' ')))).trim();
    } finally {
      await brain.clearUservars(user);
    }
    signal.throwIfAborted();
    if (reply === '') throw new ProviderError('internal', 'the script has no answer', { retryable: false });
    const feeling = FEELING.exec(reply);
    if (feeling !== null) yield { type: 'feeling', emotion: feeling[1] as Emotion, intensity: FEELING_INTENSITY };
    yield { type: 'text', text: reply.replace(FEELING, '') };
  }

  /** What was really said, so that `%Previous` answers that, and not what the script would have said this time. */
  async #said(brain: RiveScript, user: string, text: string): Promise<void> {
    const memory = (await brain.getUservar(user, '__history__')) as unknown as Memory | 'undefined' | null;
    if (memory === null || memory === 'undefined') return;
    await brain.setUservar(user, '__history__', {
      ...memory,
      reply: [normalised(text), ...memory.reply.slice(1)],
    } as unknown as string);
  }
}

interface Memory {
  input: string[];
  reply: string[];
}

/** As RiveScript's triggers are written: lower case, no punctuation, contractions whole. */
function normalised(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[^\p{L}\p{N}' ]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
