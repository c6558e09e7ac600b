/** Nobody marks their own work: our servers of voices and recognizers, by the vendors' own clients. */
import Cartesia from '@cartesia/cartesia-js';
import { StreamingTranscriber } from 'assemblyai';
import {
  AudioConfig,
  AudioInputStream,
  AudioStreamFormat,
  ResultReason,
  SpeechConfig,
  SpeechRecognizer,
  SpeechSynthesisOutputFormat,
  type SpeechSynthesisResult,
  SpeechSynthesizer,
} from 'microsoft-cognitiveservices-speech-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../harness/system.ts';
import { AssemblyAiServer } from './assemblyai.ts';
import { AzureSpeechServer } from './azure.ts';
import { AzureListeningServer } from './azure-listening.ts';
import { CartesiaServer } from './cartesia.ts';
import { certificate } from './certificate.ts';
import { sayingOf } from './hearing.ts';
import { closeSpeaking, speaking } from './speaking.ts';

afterAll(() => closeSpeaking());

/** The samples' bytes, in a buffer of their own. */
const copied = (pcm: Int16Array): ArrayBuffer => pcm.slice().buffer;

describe('our servers of Azure’s speech are understood by Microsoft’s own client', () => {
  it('that has them speak, with words and visemes', async () => {
    const server = new AzureSpeechServer();
    await server.open();
    const config = SpeechConfig.fromHost(new URL(server.baseUrl.replace('http', 'ws')), 'secret');
    config.speechSynthesisVoiceName = 'en-US-AvaMultilingualNeural';
    config.speechSynthesisOutputFormat = SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm;
    // biome-ignore lint/suspicious/noExplicitAny: null is its word for no loudspeaker
    const synthesizer = new SpeechSynthesizer(config, null as any);
    const words: string[] = [];
    const visemes: number[] = [];
    synthesizer.wordBoundary = (_, { text }) => words.push(text);
    synthesizer.visemeReceived = (_, { visemeId }) => visemes.push(visemeId);
    for (const text of ['Pam is here, too.', 'So am I.']) {
      const said = await new Promise<SpeechSynthesisResult>((resolve, reject) =>
        synthesizer.speakTextAsync(text, resolve, reject),
      );
      expect(said.errorDetails).toBeUndefined();
      expect(said.reason).toBe(ResultReason.SynthesizingAudioCompleted);
      expect(said.audioData.byteLength).toBe(2 * (await speaking(text, 24_000)).pcm.length);
    }
    expect(words).toEqual(['Pam', 'is', 'here', ',', 'too', '.', 'So', 'am', 'I', '.']);
    expect(visemes.slice(0, 3)).toEqual([21, 2, 21]);
    synthesizer.close();
    await until('its end', () => server.connections === 0);
    expect(server.problems).toEqual([]);
    await server.close();
  });

  it('that has them listen', async () => {
    const server = new AzureListeningServer();
    await server.open();
    const config = SpeechConfig.fromHost(new URL(server.baseUrl.replace('http', 'ws')), 'secret');
    config.speechRecognitionLanguage = 'en-US';
    const stream = AudioInputStream.createPushStream(AudioStreamFormat.getWaveFormatPCM(16_000, 16, 1));
    const recognizer = new SpeechRecognizer(config, AudioConfig.fromStreamInput(stream));
    const partials: string[] = [];
    const finals: string[] = [];
    let isOver = false;
    recognizer.recognizing = (_, { result }) => partials.push(result.text);
    recognizer.recognized = (_, { result }) => finals.push(result.text ?? '');
    recognizer.sessionStopped = () => {
      isOver = true;
    };
    await new Promise<void>((resolve, reject) => recognizer.startContinuousRecognitionAsync(resolve, reject));
    for (const word of ['apples', 'bananas']) stream.write(copied(sayingOf(word).pcm));
    stream.close();
    await until('the end', () => isOver);
    expect(partials).toContain('apples');
    expect(finals.join(' ').trim()).toBe('apples bananas');
    await new Promise<void>((resolve, reject) => recognizer.close(resolve, reject));
    await until('its end', () => server.connections === 0);
    expect(server.problems).toEqual([]);
    await server.close();
  });
});

const tls = certificate();

describe.skipIf(tls === undefined)('our servers are understood (skipped where there is no openssl)', () => {
  // These clients take no other address than wss:, and know nothing of our certificate.
  beforeAll(() => vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0'));
  afterAll(() => vi.unstubAllEnvs());

  it('of AssemblyAI, by its own client', async () => {
    const server = new AssemblyAiServer(tls);
    await server.open();
    const transcriber = new StreamingTranscriber({
      websocketBaseUrl: `${server.baseUrl.replace('http', 'ws')}/v3/ws`,
      apiKey: 'secret',
      sampleRate: 16_000,
      encoding: 'pcm_s16le',
      speechModel: 'universal-streaming-english',
      formatTurns: true,
    });
    const partials: string[] = [];
    const finals: string[] = [];
    transcriber.on('turn', ({ transcript, end_of_turn, turn_is_formatted }) => {
      if (!end_of_turn) partials.push(transcript);
      else if (turn_is_formatted) finals.push(transcript);
    });
    await transcriber.connect();
    transcriber.sendAudio(copied(sayingOf('apples').pcm));
    transcriber.forceEndpoint();
    await until('the words', () => finals.length > 0);
    expect([partials, finals]).toEqual([['apples'], ['apples']]);
    await transcriber.close();
    await until('its end', () => server.connections === 0);
    expect(server.problems).toEqual([]);
    await server.close();
  });

  it('of Cartesia’s voice, by its own', async () => {
    const server = new CartesiaServer(tls);
    await server.open();
    const client = new Cartesia({ apiKey: 'secret', baseURL: server.baseUrl });
    const socket = await client.tts.websocket();
    let bytes = 0;
    const words: string[] = [];
    const request = {
      model_id: 'sonic-3',
      transcript: 'So am I.',
      voice: { mode: 'id' as const, id: 'mine' },
      output_format: { container: 'raw' as const, encoding: 'pcm_s16le' as const, sample_rate: 24_000 as const },
      add_timestamps: true,
    };
    for await (const event of socket.generate(request)) {
      if (event.type === 'chunk') bytes += event.audio?.length ?? 0;
      if (event.type === 'timestamps') words.push(...(event.word_timestamps?.words ?? []));
    }
    expect(bytes).toBe(2 * (await speaking('So am I.', 24_000)).pcm.length);
    expect(words).toEqual(['So', 'am', 'I.']);
    socket.close();
    await until('its end', () => server.connections === 0);
    expect(server.problems).toEqual([]);
    await server.close();
  });
});
