import { systemClock } from '../../agents/base/clock.ts';
import { LISTEN_RATE } from '../../agents/base/rates.ts';
import { batched } from '../../agents/listen/batched.ts';
import { Listener, type PauseJudged } from '../../agents/listen/listener.ts';
import type { EndOfTurn, SpeechToText, VoiceActivityProvider } from '../../agents/listen/ports.ts';

const FRAME = LISTEN_RATE / 50;
const FRAME_MS = 20;
/** Of silence after a recording: 1 to 6 s. */
const LEAST_FRAMES = 50;
const MOST_FRAMES = 300;

export interface Hearing {
  vad: VoiceActivityProvider;
  asr: SpeechToText;
  endOfTurn: EndOfTurn;
}

export interface Heard {
  /** As captions: one each utterance, as it was in the end. */
  captions: Map<string, string>;
  /** When somebody was taken for done: the end of their speech, samples, and the silence until then. */
  ends: { fromSample: number; silenceMs: number }[];
  pauses: PauseJudged[];
  /** The detector's decisions, one each 512 samples. */
  windows: boolean[];
}

/** Hears something at the speed of speech, as an agent would. `frame` may change what is heard, every 20 ms. */
export async function hear(
  pcm: Int16Array,
  { vad, asr, endOfTurn }: Hearing,
  frame: (pcm: Int16Array, index: number) => { pcm: Int16Array; audible: boolean }[] = heard => [
    { pcm: heard, audible: true },
  ],
): Promise<Heard> {
  const heard: Heard = { captions: new Map(), ends: [], pauses: [], windows: [] };
  let ids = 0;
  let lastPause = 0;
  const listener = new Listener(
    'somebody',
    {
      clock: systemClock,
      vad: {
        open: onWindow =>
          vad.open((speech, endSample) => {
            heard.windows.push(speech);
            onWindow(speech, endSample);
          }),
      },
      recognizer: batched(asr, systemClock),
      endOfTurn,
      newId: () => String(++ids),
    },
    { asked: () => '', vocabulary: () => ({ names: [], hotWords: [] }), mayContinue: () => true },
    {
      started: () => {},
      partial: (id, text) => heard.captions.set(id, text),
      paused: () => {},
      candidate: () => {},
      resumed: () => {},
      continued: (_id, begun) => heard.captions.delete(begun),
      nothing: id => heard.captions.delete(id),
      failed: id => heard.captions.delete(id),
      utterance: ({ id, text, endMs }) => {
        heard.captions.set(id, text);
        heard.ends.push({ fromSample: lastPause, silenceMs: systemClock.nowMs() - endMs });
      },
      judged: pause => {
        lastPause = pause.fromSample;
        heard.pauses.push(pause);
      },
    },
  );
  const beganMs = performance.now();
  const tick = async (index: number, sound: Int16Array) => {
    for (const part of frame(sound, index)) listener.push(part.pcm, part.audible);
    const waitMs = beganMs + (index + 1) * FRAME_MS - performance.now();
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs));
  };
  let index = 0;
  for (; (index + 1) * FRAME <= pcm.length; index++) await tick(index, pcm.slice(index * FRAME, (index + 1) * FRAME));
  // Silence, until they are taken for done.
  const end = index;
  while (index < end + LEAST_FRAMES || (listener.speaking && index < end + MOST_FRAMES))
    await tick(index++, new Int16Array(FRAME));
  await listener.finish();
  return heard;
}

/** Several at once, so many at a time. */
export async function inLanes<T, R>(items: readonly T[], lanes: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = [...items.entries()];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) results[next[0]] = await work(next[1]);
    }),
  );
  return results;
}
