import type { LogEntry } from '../../protocol/conversation.ts';
import type { Emotion } from '../../protocol/timeline.ts';
import type { AvatarLine } from '../call/port.ts';

/** By so much of it an answer is known as the same, characters. */
const BEGINNING = 12;

/** What the server writes down of a call, by the caller's line that it belongs to. */
export class CallLog {
  readonly #personas: readonly { id: string; name: string }[];
  /** In the order in which they first appeared, each as it is now. */
  readonly #entries = new Map<string, { entry: LogEntry; line: number }>();
  readonly #feelings = new Map<string, Emotion>();
  /** Lines to which words were begun, even if they were taken back. */
  readonly #spokenTo = new Set<number>();
  #line = 0;

  constructor(personas: readonly { id: string; name: string }[]) {
    this.#personas = personas;
  }

  /** What appears from now on belongs to the caller's next line, whose number it is. */
  nextLine(): number {
    return ++this.#line;
  }

  told(entry: LogEntry): void {
    const known = this.#entries.get(entry.id);
    // An answer that was begun anew, because the caller went on, answers what they have said since [L1].
    const isGrown = known !== undefined && entry.text.startsWith(known.entry.text.slice(0, BEGINNING));
    const line = known === undefined || (entry.role === 'avatar' && !isGrown) ? this.#line : known.line;
    this.#entries.set(entry.id, { entry, line });
    if (entry.role === 'avatar') this.#spokenTo.add(line);
  }

  takenBack(entryId: string): void {
    this.#entries.delete(entryId);
  }

  /** What the face shows during a turn; the last that is anything counts. */
  felt(turnId: string, emotion: Emotion): void {
    if (emotion !== 'neutral') this.#feelings.set(turnId, emotion);
  }

  /** What the avatar said to a line, as far as it was heard. */
  answerTo(line: number): AvatarLine[] {
    return this.#of('avatar', line).map(({ turnId, speakerName, text, interrupted }) => {
      const feeling = this.#feelings.get(turnId);
      return {
        persona: this.#personas.find(({ name }) => name === speakerName)?.id ?? speakerName,
        text,
        ...(feeling !== undefined && { feeling }),
        ...(interrupted === true && { interrupted }),
      };
    });
  }

  /** What was understood of a line. */
  heardOf(line: number): string {
    return this.#of('user', line)
      .map(({ text }) => text)
      .join(' ');
  }

  /** The avatar has begun to answer a line, in words: a hum is none. */
  isSpokenTo(line: number): boolean {
    return this.#spokenTo.has(line);
  }

  /** All that the avatar said to a line is said. */
  isAnswered(line: number): boolean {
    const answer = this.#of('avatar', line);
    return answer.length > 0 && answer.every(({ final }) => final);
  }

  #of(role: LogEntry['role'], line: number): LogEntry[] {
    return [...this.#entries.values()]
      .filter(each => each.line === line && each.entry.role === role)
      .map(({ entry }) => entry);
  }
}
