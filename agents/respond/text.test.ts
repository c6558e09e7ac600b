import { describe, expect, it } from 'vitest';
import { Cancelled } from '../base/cancellation.ts';
import { ProviderError } from '../base/errors.ts';
import type { Speech, TextToSpeech } from '../speak/ports.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { ReplyPart } from '../think/ports.ts';
import { TextResponder } from './text.ts';

const RATE = 48_000;
const LOUD = 9000;
const text = (words: string): ReplyPart => ({ type: 'text', text: words });
const loud = (seconds: number, silentS = 0) => {
  const pcm = new Int16Array((seconds + silentS) * RATE);
  return pcm.fill(LOUD, 0, seconds * RATE);
};

/** A voice that makes each sentence when it is told to. */
class SlowVoice implements TextToSpeech {
  readonly capabilities = { phones: false, voices: { known: ['test'], closed: true }, prosody: true };
  readonly asked: string[] = [];
  readonly returned: string[] = [];
  readonly #made = new Map<string, PromiseWithResolvers<Int16Array>>();

  async *speak(sentence: string): AsyncGenerator<Speech> {
    this.asked.push(sentence);
    try {
      yield { text: sentence, pcm: await this.#sound(sentence).promise, sampleRate: RATE };
    } finally {
      this.returned.push(sentence);
    }
  }
  make(sentence: string, pcm = loud(1)): void {
    this.#sound(sentence).resolve(pcm);
  }
  fail(sentence: string): void {
    this.#sound(sentence).reject(new ProviderError('internal', 'the voice broke', { retryable: false }));
  }
  async close(): Promise<void> {}
  #sound(sentence: string): PromiseWithResolvers<Int16Array> {
    const sound = this.#made.get(sentence) ?? Promise.withResolvers<Int16Array>();
    this.#made.set(sentence, sound);
    return sound;
  }
}

/** Rests are a little uneven: the nearest of those that these sentences would have. */
const even = (seconds: number) => RESTS_S.toSorted((a, b) => Math.abs(a - seconds) - Math.abs(b - seconds))[0];
const RESTS_S = [0.15, 0.2, 0.3];

/** An answer that is read, and what came of it: seconds of sound and of silence, and feelings, in their order. */
function scene(...parts: ReplyPart[]) {
  const clock = new VirtualClock();
  const voice = new SlowVoice();
  const out: string[] = [];
  const stop = new AbortController();
  async function* reply() {
    yield* parts;
  }
  const responder = new TextResponder({ clock, tts: voice, persona: PERSONA, dialogue: { name: 'test', reply } });
  const read = async () => {
    const options = {
      turnId: 't',
      signal: stop.signal,
      committed: Promise.resolve(),
      room: async () => {},
    };
    for await (const spoken of responder.respond({ persona: PERSONA, history: [], turn: [] }, options))
      if (spoken.type === 'feeling') out.push(spoken.emotion);
      else if (spoken.type === 'speech')
        out.push(
          spoken.pcm[0] === LOUD ? `sound ${spoken.pcm.length / RATE}` : `silence ${even(spoken.pcm.length / RATE)}`,
        );
  };
  const said = read();
  said.catch(() => {});
  return { stop, voice, out, said, settled: () => clock.advance(0) };
}

describe('a reply that is spoken', () => {
  it('has the next sentence made while one is being made, and no more than that [C2]', async () => {
    const { voice, settled, said } = scene(text('One. Two. Three. '));
    await settled();
    expect(voice.asked).toEqual(['One.', 'Two.']);
    voice.make('One.');
    await settled();
    expect(voice.asked).toEqual(['One.', 'Two.', 'Three.']);
    voice.make('Three.');
    voice.make('Two.');
    await said;
  });

  it('is heard in its order, whichever sentence is made first', async () => {
    const { voice, out, settled, said } = scene(text('One. Two. '));
    voice.make('Two.', loud(2));
    await settled();
    expect(out).toEqual([]);
    voice.make('One.');
    await said;
    expect(out).toEqual(['sound 1', 'silence 0.3', 'sound 2']);
  });

  it('draws breath after a sentence at once, and only for as long as the voice itself did not', async () => {
    const { voice, out, settled, said } = scene(text('One. Two. Three. '));
    voice.make('One.', loud(1, 0.1));
    await settled();
    expect(out).toEqual(['sound 1.1', 'silence 0.2']);
    voice.make('Two.', loud(1, 0.5));
    voice.make('Three.');
    await said;
    expect(out).toEqual(['sound 1.1', 'silence 0.2', 'sound 1.5', 'sound 1']);
  });

  it('rests for half as long where a sentence was cut at a comma', async () => {
    const { voice, out, said } = scene(
      text('When I was a small octopus, we had to swim all the way to school and back again.'),
    );
    voice.make('When I was a small octopus,');
    voice.make('we had to swim all the way to school and back again.');
    await said;
    expect(out).toEqual(['sound 1', 'silence 0.15', 'sound 1']);
  });

  it('shows a feeling with the words that follow it, not with those before it', async () => {
    const { voice, out, said } = scene(
      text('One. '),
      { type: 'feeling', emotion: 'happy', intensity: 1 },
      text('Two.'),
    );
    voice.make('Two.');
    voice.make('One.');
    await said;
    expect(out).toEqual(['sound 1', 'happy', 'silence 0.3', 'sound 1']);
  });

  it('says what was made before the voice failed, and lets go of what was being made', async () => {
    const { voice, out, settled, said } = scene(text('One. Two. Three. Four. '));
    voice.make('One.');
    voice.fail('Two.');
    voice.make('Three.');
    await expect(said).rejects.toThrow('the voice broke');
    await settled();
    expect(out).toEqual(['sound 1', 'silence 0.3']);
    expect(voice.asked).not.toContain('Four.');
    expect(voice.returned.toSorted()).toEqual(voice.asked.toSorted());
  });

  it('stops at once with its turn, whatever the voice does [T6]', async () => {
    const { stop, voice, out, settled, said } = scene(text('One. Two. Three. '));
    voice.make('One.');
    await settled();
    stop.abort(new Cancelled('the person spoke'));
    await expect(said).rejects.toThrow('the person spoke');
    voice.make('Two.');
    await settled();
    expect(out).toEqual(['sound 1', 'silence 0.3']);
    expect(voice.asked).not.toContain('Four.');
  });
});

describe('what is said with somebody’s own voice', () => {
  const keptBy = async (ownVoice: boolean) => {
    const kept: unknown[] = [];
    const voice: TextToSpeech = {
      capabilities: { phones: false, voices: { known: ['test'], closed: true }, prosody: true },
      async *speak(sentence, { keep }) {
        kept.push(keep);
        yield { text: sentence, pcm: loud(0.2), sampleRate: RATE };
      },
      close: async () => {},
    };
    const persona = { ...PERSONA, ...(ownVoice && { ownVoice: true as const }) };
    async function* reply() {
      yield text('The shop is open from nine to five.');
    }
    const dialogue = { name: 'test', reply };
    const responder = new TextResponder({ clock: new VirtualClock(), tts: voice, persona, dialogue });
    const { signal } = new AbortController();
    const options = { turnId: 't', signal, committed: Promise.resolve(), room: async () => {} };
    const asked = 'What are the opening hours of the shop?';
    const turn = [{ role: 'user' as const, speaker: 'ann', name: 'Ann', text: asked }];
    for await (const _ of responder.respond({ persona, history: [], turn }, options));
    return kept;
  };

  it('is not kept for later, though others’ would be', async () => {
    expect(await keptBy(true)).toEqual([undefined]);
    expect(await keptBy(false)).toEqual([expect.any(Promise)]);
  });
});
