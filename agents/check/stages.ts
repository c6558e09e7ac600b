import type { Clock } from '../base/clock.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { batched } from '../listen/batched.ts';
import { isStream } from '../listen/ports.ts';
import type { Kind, Makers } from '../providers/manifest.ts';
import type { Responder } from '../respond/port.ts';
import { NEUTRAL_PROSODY } from '../speak/ports.ts';
import type { Conversation, Persona } from '../think/ports.ts';

type Made<K extends Kind> = Awaited<ReturnType<Makers[K]['make']>>;

export interface CheckContext {
  clock: Clock;
  persona: Persona;
  /** Somebody who says something, 16 kHz mono. */
  saying: Int16Array;
  signal: AbortSignal;
}

type Check<K extends Kind> = (made: Made<K>, context: CheckContext) => Promise<string>;

const QUESTION = 'What is your name?';
const SENTENCE = 'Hello, it is nice to meet you.';
const FRAME = LISTEN_RATE / 50;

const conversationWith = (persona: Persona, typed: boolean): Conversation => ({
  persona,
  history: [],
  turn: [{ role: 'user', speaker: 'ann', name: 'Ann', text: QUESTION, entryId: 'a', ...(typed && { typed: true }) }],
});
const seconds = (samples: number, rate: number) => `${(samples / rate).toFixed(1)} s of sound`;

/** By kind, one short exchange; what it gives says what came of it, in words. What is missing is not checked. */
export const CHECKS: { readonly [K in Kind]?: Check<K> } = {
  async dialogue(dialogue, { clock, persona, signal }) {
    dialogue.prepare?.(persona);
    const startMs = clock.nowMs();
    let firstMs: number | undefined;
    let text = '';
    const conversation = conversationWith(persona, true);
    for await (const part of dialogue.reply(conversation, { signal, committed: Promise.resolve() })) {
      if (part.type !== 'text') continue;
      firstMs ??= clock.nowMs() - startMs;
      text += part.text;
    }
    if (firstMs === undefined) throw new Error('it said nothing');
    return `first word ${Math.round(firstMs)} ms: “${text.trim()}”`;
  },

  async speech(voice, { clock, signal }) {
    const startMs = clock.nowMs();
    let firstMs: number | undefined;
    let [samples, rate] = [0, 1];
    const usual = voice.capabilities.voices.known[0] ?? '';
    for await (const { pcm, sampleRate } of voice.speak(SENTENCE, { voice: usual, prosody: NEUTRAL_PROSODY, signal })) {
      if (pcm.length > 0) firstMs ??= clock.nowMs() - startMs;
      samples += pcm.length;
      rate = sampleRate;
    }
    if (firstMs === undefined) throw new Error('it made no sound');
    return `first sound ${Math.round(firstMs)} ms, ${seconds(samples, rate)}`;
  },

  async recognition(made, { clock, saying, signal }) {
    const recognizer = isStream(made) ? made : batched(made, clock, { partials: 'none', words: false });
    const stream = recognizer.open('ann', { partial: () => {} });
    try {
      for (let at = 0; at < saying.length; at += FRAME) stream.push(saying.slice(at, at + FRAME));
      const startMs = clock.nowMs();
      const { text } = await stream.settle({ signal });
      if (text.trim() === '') throw new Error('it heard nothing');
      return `heard “${text}” after ${Math.round(clock.nowMs() - startMs)} ms`;
    } finally {
      stream.close();
    }
  },

  async duplex(duplex, { clock, persona, saying, signal }) {
    const responder: Responder = duplex.open(persona);
    try {
      for (let at = 0; at < saying.length; at += FRAME) responder.hear?.('ann', saying.slice(at, at + FRAME), true);
      const startMs = clock.nowMs();
      let firstMs: number | undefined;
      let samples = 0;
      const words: string[] = [];
      const how = { turnId: 'check', signal, committed: Promise.resolve(), room: async () => {} };
      for await (const each of responder.respond(conversationWith(persona, false), how)) {
        if (each.type !== 'speech') continue;
        firstMs ??= clock.nowMs() - startMs;
        samples += each.pcm.length;
        words.push(...each.words.map(({ text }) => text));
      }
      if (firstMs === undefined) throw new Error('it made no sound');
      return `first sound ${Math.round(firstMs)} ms, ${seconds(samples, 48_000)}: “${words.join(' ')}”`;
    } finally {
      responder.close?.();
    }
  },

  async embedding(embedder, { signal }) {
    const [vector] = await embedder.embed([SENTENCE], { signal });
    return `${vector?.length ?? 0} numbers for a sentence`;
  },
};
