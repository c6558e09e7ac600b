import { LISTEN_RATE } from '../../agents/base/rates.ts';
import type { EndOfTurn } from '../../agents/listen/ports.ts';

/** What another rule makes of the same detector's decisions. */
export interface Ruling {
  /** Ends in mid-turn, and at the end of the turn the silence until it was taken for one. */
  cutAtS: number[];
  waitMs: number;
}

const WINDOW = 512;
const toMs = (samples: number) => (samples * 1000) / LISTEN_RATE;
/** Plain voice activity, as it comes by default. */
const SILENCE_MS = 500;
/** Smart Turn is asked after so much silence; where it hears no end, so much ends the turn. */
const STOP_MS = 200;
const GIVE_UP_MS = 3000;
const LONGEST_S = 8;

/** Pauses of a recording, samples: where they begin, and where speech goes on; the last goes on for ever. */
export function pausesIn(windows: readonly boolean[]): { from: number; to: number }[] {
  const pauses: { from: number; to: number }[] = [];
  let silentFrom: number | undefined;
  for (const [i, speech] of windows.entries()) {
    if (!speech && i > 0 && windows[i - 1]) silentFrom = (i - 2) * WINDOW;
    if (!speech || silentFrom === undefined || !windows[i + 1]) continue;
    pauses.push({ from: silentFrom, to: i * WINDOW });
    silentFrom = undefined;
  }
  return silentFrom === undefined ? pauses : [...pauses, { from: silentFrom, to: Number.POSITIVE_INFINITY }];
}

export function bySilence(windows: readonly boolean[]): Ruling {
  const cut = pausesIn(windows).filter(
    ({ from, to }) => to < Number.POSITIVE_INFINITY && toMs(to - from) >= SILENCE_MS,
  );
  return { cutAtS: cut.map(({ from }) => from / LISTEN_RATE), waitMs: SILENCE_MS };
}

/** As its authors use it: asked at each stop; a stop that is no end ends after three seconds. */
export async function bySmartTurn(pcm: Int16Array, windows: readonly boolean[], model: EndOfTurn): Promise<Ruling> {
  const { signal } = new AbortController();
  const ruling: Ruling = { cutAtS: [], waitMs: GIVE_UP_MS };
  let turnFrom = 0;
  for (const { from, to } of pausesIn(windows)) {
    const pauseMs = toMs(to - from);
    if (pauseMs < STOP_MS) continue;
    const heardTo = from + (STOP_MS * LISTEN_RATE) / 1000;
    const heard = new Int16Array(heardTo - Math.max(turnFrom, heardTo - LONGEST_S * LISTEN_RATE));
    heard.set(pcm.subarray(heardTo - heard.length, heardTo));
    const askedMs = performance.now();
    const isDone = (await model.done(heard, { signal })) > 0.5;
    const waitMs = isDone ? STOP_MS + performance.now() - askedMs : GIVE_UP_MS;
    if (to === Number.POSITIVE_INFINITY) ruling.waitMs = waitMs;
    else if (pauseMs >= waitMs) {
      ruling.cutAtS.push(from / LISTEN_RATE);
      turnFrom = to;
    }
  }
  return ruling;
}
