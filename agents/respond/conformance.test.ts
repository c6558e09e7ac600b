import { ProviderError } from '../base/errors.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Speech, TextToSpeech } from '../speak/ports.ts';
import { type Behaviour, responderConformance } from '../testing/responder-conformance.ts';
import { PERSONA } from '../testing/scene.ts';
import type { VirtualClock } from '../testing/virtual-clock.ts';
import type { Dialogue, ReplyPart } from '../think/ports.ts';
import { firstSound } from './first-sound.ts';
import type { Responder } from './port.ts';
import { TextResponder } from './text.ts';

const broken = () => new ProviderError('network', 'the line is dead', { retryable: true });
const never = () => new Promise<never>(() => {});

function dialogue(does: Behaviour): Dialogue {
  const text = (words: string): ReplyPart => ({ type: 'text', text: words });
  return {
    name: does,
    async *reply() {
      if (does === 'fails') throw broken();
      if (does === 'hangs') await never();
      yield { type: 'feeling', emotion: 'happy', intensity: 1 };
      yield text('Once upon a time. There was an octopus. ');
      if (does === 'breaks off') throw broken();
      if (does === 'stalls') await never();
      yield text('It was happy.');
      while (does === 'goes on') yield text(' It swam on and on.');
    },
  };
}

/** Each sentence takes 40 ms, and lasts half a second. */
const voice = (clock: VirtualClock): TextToSpeech => ({
  capabilities: { phones: false, voices: { known: ['test'], closed: true }, prosody: false },
  async *speak(text, { signal }): AsyncGenerator<Speech> {
    await clock.wait(40);
    signal.throwIfAborted();
    yield { text, pcm: new Int16Array(SPEECH_RATE / 2).fill(9000), sampleRate: SPEECH_RATE };
  },
  close: async () => {},
});

const textResponder = (does: Behaviour, clock: VirtualClock): Responder =>
  new TextResponder({ clock, tts: voice(clock), dialogue: dialogue(does), persona: PERSONA });
const either = (first: Behaviour, second: Behaviour, clock: VirtualClock) =>
  firstSound(textResponder(first, clock), textResponder(second, clock), { clock, withinMs: 1000, failed: () => {} });

responderConformance('TextResponder', textResponder);
responderConformance('the first of two', (does, clock) => either(does, does === 'answers' ? 'fails' : does, clock));
responderConformance('the second of two, whose first fails', (does, clock) => either('fails', does, clock));
responderConformance('the second of two, whose first hangs', (does, clock) => either('hangs', does, clock));
