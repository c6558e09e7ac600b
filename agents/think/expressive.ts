import type { Feeling } from '../../protocol/feelings.ts';
import type { Emotion } from '../../protocol/timeline.ts';
import type { Conversation, Dialogue, FeelingPart, ReplyOptions, ReplyPart } from './ports.ts';

/** Below this a person's feeling moves nobody. */
const LEAST_CONFIDENCE = 0.35;
/** What a kind listener's face shows for somebody's feeling. Anger is not answered with anger. */
const EMPATHY: Record<Emotion, { emotion: Emotion; intensity: number }> = {
  neutral: { emotion: 'neutral', intensity: 0 },
  happy: { emotion: 'happy', intensity: 0.6 },
  sad: { emotion: 'sad', intensity: 0.5 },
  angry: { emotion: 'sad', intensity: 0.3 },
  fearful: { emotion: 'sad', intensity: 0.35 },
  surprised: { emotion: 'surprised', intensity: 0.4 },
  disgusted: { emotion: 'neutral', intensity: 0 },
};
const PLEASED = 0.4;
/** Of the sentence that is being written, its end tells the tone; characters. */
const TONE_LENGTH = 500;

/** The face of somebody who listens to this. */
export function empathyFor(feeling: Feeling | undefined): { emotion: Emotion; intensity: number } {
  if (feeling === undefined || feeling.confidence < LEAST_CONFIDENCE) return EMPATHY.neutral;
  const { emotion, intensity } = EMPATHY[feeling.label];
  if (emotion === 'neutral' && feeling.label === 'neutral' && feeling.valence >= PLEASED)
    return { emotion: 'happy', intensity: 0.4 * feeling.confidence };
  return { emotion, intensity: intensity * feeling.confidence };
}

/** What a sentence is said with. */
export type Tone = (sentence: string) => { emotion: Emotion; intensity: number } | undefined;

/**
 * Gives answers a feeling where their dialogue gives none: first that of a kind listener, then, sentence by sentence,
 * what the words themselves say. Every feeling carries how lively the person is, for the voice to follow.
 */
export class ExpressiveDialogue implements Dialogue {
  readonly name: string;
  readonly #inner: Dialogue;
  readonly #tone: Tone;

  constructor(inner: Dialogue, tone: Tone) {
    this.name = inner.name;
    this.#inner = inner;
    this.#tone = tone;
  }

  async *reply(conversation: Conversation, options: ReplyOptions): AsyncGenerator<ReplyPart> {
    const speaker = conversation.occasion?.identity ?? conversation.turn.at(-1)?.speaker;
    const feeling = conversation.people?.find(({ identity }) => identity === speaker)?.feeling;
    const lively = feeling === undefined || feeling.confidence < LEAST_CONFIDENCE ? {} : { arousal: feeling.arousal };
    let own = false;
    let shown: FeelingPart = { type: 'feeling', ...empathyFor(feeling), ...lively };
    let begun = false;
    let open = '';
    for await (const part of this.#inner.reply(conversation, options)) {
      if (part.type === 'feeling') {
        own = true;
        begun = true;
        yield { ...part, ...lively };
        continue;
      }
      if (part.type !== 'text') {
        if (part.type === 'pause') open = '';
        yield part;
        continue;
      }
      if (!own) {
        open = (open + part.text).slice(-TONE_LENGTH);
        const tone = this.#tone(open);
        if (tone !== undefined && (tone.emotion !== shown.emotion || !begun)) {
          shown = { type: 'feeling', ...tone, ...lively };
          begun = true;
          yield shown;
        } else if (!begun) {
          begun = true;
          if (shown.emotion !== 'neutral' || feeling !== undefined) yield shown;
        }
        // The next sentence has a tone of its own.
        open = open.slice((/[.?!]\s+(?=\S*$)/.exec(open)?.index ?? -1) + 1);
      }
      yield part;
    }
  }
}
