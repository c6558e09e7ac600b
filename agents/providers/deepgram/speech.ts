import type { Clock } from '../../base/clock.ts';
import type { ProviderError } from '../../base/errors.ts';
import { JsonSocket } from '../../base/json-socket.ts';
import { type SpeechLine, VoiceLines } from '../../speak/speech-lines.ts';
import { StreamedSpeech, streamedCapabilities } from '../../speak/streamed.ts';

export interface DeepgramSpeechConfig {
  apiKey: string;
  baseUrl: string;
  /** Its models are its voices: `aura-2-thalia-en`. */
  voice: string;
  /** For the first sound, and between pieces of it. */
  firstSoundTimeoutMs: number;
  clock: Clock;
}

const RATE = 24_000;
const MAX_CHARACTERS = 1900;

/** Sound, or what it says of it. */
type Message = Buffer | { type?: unknown };

/** Deepgram's Aura over connections that are kept, one voice on each. It tells no times. */
export function deepgramSpeech(config: DeepgramSpeechConfig): StreamedSpeech {
  const { voice: usual, firstSoundTimeoutMs, clock } = config;
  const lines = new VoiceLines<AuraLine, Message>({
    name: 'deepgram',
    clock,
    patienceMs: firstSoundTimeoutMs,
    open: (voice, received, signal) => AuraLine.open(config, voice, received, signal),
  });
  return new StreamedSpeech({
    name: 'deepgram',
    capabilities: streamedCapabilities(usual),
    rate: RATE,
    longest: MAX_CHARACTERS,
    untimed: { clock },
    async *ask(text, { voice, signal }) {
      const sentence = {
        ask: (line: AuraLine) => line.speak(text),
        isLast: (message: Message) => 'type' in message && message.type === 'Flushed',
        stop: (line: AuraLine) => line.clear(),
      };
      for await (const message of lines.say(voice, sentence, signal))
        if (Buffer.isBuffer(message)) yield { bytes: message };
    },
    close: () => lines.close(),
  });
}

class AuraLine implements SpeechLine {
  readonly #socket: JsonSocket;
  /** What comes until these are confirmed is of sentences that were called off. */
  #clearing = 0;

  static async open(
    { apiKey, baseUrl }: DeepgramSpeechConfig,
    voice: string,
    received: (message: Message) => void,
    signal: AbortSignal,
  ): Promise<AuraLine> {
    const url = new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}/v1/speak`);
    const asked = { model: voice, encoding: 'linear16', sample_rate: String(RATE) };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    let line: AuraLine | undefined;
    const hear = (message: Message) => {
      if (line === undefined || line.#clearing === 0) received(message);
      else if ('type' in message && message.type === 'Cleared') line.#clearing--;
    };
    const headers = { authorization: `Token ${apiKey}` };
    line = new AuraLine(await JsonSocket.open(url.href, { headers, signal, message: hear, sound: hear }));
    return line;
  }

  private constructor(socket: JsonSocket) {
    this.#socket = socket;
  }

  get over(): Promise<ProviderError | undefined> {
    return this.#socket.over;
  }

  speak(text: string): void {
    this.#socket.send({ type: 'Speak', text });
    this.#socket.send({ type: 'Flush' });
  }

  clear(): void {
    this.#clearing++;
    this.#socket.send({ type: 'Clear' });
  }

  close(): void {
    this.#socket.send({ type: 'Close' });
    this.#socket.close();
  }
}
