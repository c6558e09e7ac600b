/** Providers whose answers come when they would have come in a call. */
import type { EndOfTurn, SpeechToText, VoiceActivityProvider } from '../listen/ports.ts';
import type { TextToSpeech } from '../speak/ports.ts';
import type { Summariser } from '../think/memory.ts';
import type { Dialogue } from '../think/ports.ts';
import type { ReplayClock, Work } from './replay-clock.ts';

/** A detector decides once for so many samples. */
const WINDOW = 512;

/** A detector whose decisions come in order, when they would have come in a call. */
export const virtualVad = (inner: VoiceActivityProvider, clock: ReplayClock): VoiceActivityProvider => ({
  open: onWindow => {
    /** What was pushed and is not decided yet: with these so many windows are. */
    const asked: { windows: number; work: Work }[] = [];
    let decisions: (() => void)[] = [];
    let [pushed, decided, lastMs] = [0, 0, 0];
    const stream = inner.open((speech, endSample) => {
      decided += 1;
      decisions.push(() => onWindow(speech, endSample));
      while (asked[0] !== undefined && asked[0].windows <= decided) {
        const { work } = asked.shift()!;
        const told = decisions;
        decisions = [];
        lastMs = work.deliver(() => {
          for (const tell of told) tell();
        }, lastMs);
        work.end();
      }
    });
    return {
      push: pcm => {
        const before = Math.floor(pushed / WINDOW);
        pushed += pcm.length;
        const windows = Math.floor(pushed / WINDOW);
        if (windows > before) asked.push({ windows, work: clock.begin() });
        stream.push(pcm);
      },
      close: () => {
        for (const { work } of asked.splice(0)) work.end();
        stream.close();
      },
    };
  },
});

export const virtualAsr = (inner: SpeechToText, clock: ReplayClock): SpeechToText => ({
  transcribe: (pcm, options) => clock.run(() => inner.transcribe(pcm, options)),
});

export const virtualEndOfTurn = (inner: EndOfTurn, clock: ReplayClock): EndOfTurn => ({
  done: (pcm, options) => clock.run(() => inner.done(pcm, options)),
});

export const virtualDialogue = (inner: Dialogue, clock: ReplayClock): Dialogue => ({
  name: inner.name,
  reply: (conversation, options) => virtualStream(inner.reply(conversation, options), clock, options.signal),
});

export const virtualSpeech = (inner: TextToSpeech, clock: ReplayClock): TextToSpeech => ({
  capabilities: inner.capabilities,
  speak: (sentence, options) => virtualStream(inner.speak(sentence, options), clock, options.signal),
  // Whoever made it closes it.
  close: async () => {},
});

export const virtualSummariser = (inner: Summariser, clock: ReplayClock): Summariser => ({
  summarise: (...asked) => clock.run(() => inner.summarise(...asked)),
});

/**
 * Each part of an answer when it would have been there. It is read as fast as it comes: an endpoint goes on writing
 * while what it wrote is being spoken.
 */
async function* virtualStream<T>(source: AsyncIterable<T>, clock: ReplayClock, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const work = clock.begin();
  const parts: (() => IteratorResult<T>)[] = [];
  let wake = () => {};
  let over = false;
  const arrived = (part: () => IteratorResult<T>) =>
    work.deliver(() => {
      parts.push(part);
      wake();
    });
  const abort = () => {
    work.end();
    wake();
  };
  const read = async () => {
    try {
      while (!over) {
        const part = await iterator.next();
        arrived(() => part);
        if (part.done === true) return;
      }
    } catch (error) {
      arrived(() => {
        throw error;
      });
    } finally {
      work.end();
    }
  };
  signal.addEventListener('abort', abort, { once: true });
  const reading = read();
  try {
    while (true) {
      while (parts.length === 0 && !signal.aborted)
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      signal.throwIfAborted();
      const part = parts.shift()!();
      if (part.done === true) return;
      yield part.value;
    }
  } finally {
    over = true;
    work.end();
    signal.removeEventListener('abort', abort);
    // What still comes is nobody's; a source that has ended minds no return.
    void Promise.race([reading, Promise.resolve(iterator.return?.())]).catch(() => {});
  }
}
