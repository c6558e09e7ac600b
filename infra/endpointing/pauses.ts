import { LISTEN_RATE } from '../../agents/base/rates.ts';
import type { SpeechToText, VoiceActivityProvider } from '../../agents/listen/ports.ts';
import { readVoice, type VoiceWitness } from '../../agents/listen/witness/voice.ts';
import type { Recording } from './sources.ts';

/** A pause in a recording, what could be known when it had lasted {@link READ_MS}, and what came of it. */
export interface Pause {
  source: string;
  /** Where it begins, seconds. */
  atS: number;
  /** The turn so far, as the recognizer writes it. */
  text: string;
  /** What the avatar had said before; scripted ones only. */
  asked?: string;
  voice: VoiceWitness | null;
  /** Probability by sound; null where it was not asked. */
  sound: number | null;
  speechMs: number;
  /** Whether the person was done; else how long the pause was, where that is known. */
  done: boolean;
  pauseMs: number | null;
}

export interface Witnessing {
  vad: VoiceActivityProvider;
  asr: SpeechToText;
  /** Probability that the speaker is done, by sound. */
  sound(pcm: Int16Array): Promise<number>;
}

/** As the listener: the detector's hold-over, and the silence after which a pause is read. */
const WINDOW = 512;
const HOLD = 2 * WINDOW;
const READ_MS = 128;
const READ = (READ_MS / 1000) * LISTEN_RATE;
/** The recognizer is given no more. */
const LONGEST = 24 * LISTEN_RATE;
const PREROLL = 0.35 * LISTEN_RATE;
/** After another has begun, whoever stays silent so long had finished. */
const TAKEN_S = 1;

/** Stretches of speech, in samples. */
async function stretches(pcm: Int16Array, vad: VoiceActivityProvider): Promise<{ from: number; to: number }[]> {
  // Silence at the end, so that the last pause is one.
  const whole = new Int16Array(Math.ceil((pcm.length + LISTEN_RATE) / WINDOW) * WINDOW);
  whole.set(pcm);
  const windows: boolean[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const detector = vad.open(speech => {
    windows.push(speech);
    if (windows.length * WINDOW >= whole.length) resolve();
  });
  detector.push(whole);
  await promise;
  detector.close();
  const found: { from: number; to: number }[] = [];
  for (const [i, speech] of windows.entries()) {
    const last = found.at(-1);
    if (!speech) continue;
    if (last !== undefined && last.to === i * WINDOW) last.to += WINDOW;
    else found.push({ from: i * WINDOW, to: (i + 1) * WINDOW });
  }
  return found.filter(({ from, to }) => to - from > HOLD).map(({ from, to }) => ({ from, to: to - HOLD }));
}

const at = ({ speakers }: Recording, s: number) =>
  new Set((speakers ?? []).filter(({ fromS, toS }) => fromS < s + 0.1 && toS > s - 0.1).map(({ who }) => who));

/** Every pause of a recording in which one person has the floor. */
export async function pausesOf(recording: Recording, { vad, asr, sound }: Witnessing): Promise<Pause[]> {
  const { pcm, speakers, name, ends } = recording;
  const spoken = await stretches(pcm, vad);
  const found: Pause[] = [];
  let turnFrom = spoken[0]?.from ?? 0;
  let speaker: string | undefined;
  for (const [i, { from, to }] of spoken.entries()) {
    const next = spoken[i + 1];
    const pauseMs = next === undefined ? null : ((next.from - to) * 1000) / LISTEN_RATE;
    if (pauseMs !== null && pauseMs < READ_MS) continue;
    let done = next === undefined ? ends : false;
    if (speakers !== undefined) {
      const before = at(recording, to / LISTEN_RATE - 0.1);
      const [who] = before;
      if (who !== speaker) turnFrom = from;
      speaker = who;
      const after = next === undefined ? new Set<string>() : at(recording, next.from / LISTEN_RATE + 0.15);
      const goesOn = speakers.some(
        each =>
          each.who === who &&
          next !== undefined &&
          each.fromS < next.from / LISTEN_RATE + TAKEN_S &&
          each.toS > next.from / LISTEN_RATE + 0.1,
      );
      done = before.size !== 1 || after.size !== 1 ? undefined : after.has(who!) ? false : goesOn ? undefined : true;
    }
    if (done === undefined || (!done && pauseMs === null && ends === undefined)) continue;
    const silence = Math.round(READ);
    const heard = new Int16Array(Math.min(LONGEST, to + silence - Math.max(0, turnFrom - PREROLL)));
    heard.set(pcm.subarray(Math.max(0, to + silence - heard.length), to + silence));
    const { text } = await asr.transcribe(heard, { signal: new AbortController().signal, final: true });
    found.push({
      source: name,
      atS: to / LISTEN_RATE,
      text,
      voice: readVoice(heard, silence),
      sound: await sound(heard),
      speechMs: ((to - from) * 1000) / LISTEN_RATE,
      done,
      pauseMs: done ? null : pauseMs,
    });
  }
  return found;
}
