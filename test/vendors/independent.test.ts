/** Nobody marks their own work: our servers by the vendors' clients, our clients by somebody else's server. */
import { LLMock } from '@copilotkit/aimock';
import { GoogleGenAI, type LiveServerMessage, Modality } from '@google/genai';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { LiveWS } from 'openai/resources/live/ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../agents/base/clock.ts';
import { GeminiDialogue } from '../../agents/providers/google/chat/dialogue.ts';
import { geminiLiveDuplex } from '../../agents/providers/google/live/duplex.ts';
import { OpenAiDialogue } from '../../agents/providers/openai/dialogue.ts';
import { realtimeDuplex } from '../../agents/providers/openai/realtime/duplex.ts';
import { chatSoundDuplex } from '../../agents/providers/openai/sound-duplex.ts';
import { OpenAiTranscription } from '../../agents/providers/openai/transcription.ts';
import type { Responder } from '../../agents/respond/port.ts';
import { PERSONA } from '../../agents/testing/scene.ts';
import { until } from '../harness/system.ts';
import { certificate } from './certificate.ts';
import { GeminiLiveServer } from './gemini-live.ts';
import { OpenAiLiveServer } from './openai-live.ts';
import { RealtimeServer } from './realtime.ts';
import { ResponsesServer } from './responses.ts';
import { soundOf } from './sound-of.ts';

const SECOND = Buffer.alloc(48_000).toString('base64');

const tls = certificate();

describe.skipIf(tls === undefined)('our Realtime server (skipped where there is no openssl)', () => {
  it('is understood by OpenAI’s own client, which takes its events apart', async () => {
    const server = new RealtimeServer('ga', tls);
    await server.open();
    server.does = () => ({ say: 'Hello, I am here.' });
    const client = new OpenAI({ apiKey: 'secret', baseURL: server.baseUrl });
    const realtime = new OpenAIRealtimeWS(
      { model: 'gpt-realtime-2.1', options: { rejectUnauthorized: false } },
      client,
    );
    const seen: string[] = [];
    let words = '';
    let bytes = 0;
    const problems: string[] = [];
    realtime.on('error', error => problems.push(error.message));
    realtime.on('event', ({ type }) => seen.push(type));
    realtime.on('response.output_audio_transcript.delta', ({ delta }) => {
      words += delta;
    });
    realtime.on('response.output_audio.delta', ({ delta }) => {
      bytes += Buffer.from(delta, 'base64').length;
    });
    let status: string | undefined;
    realtime.on('response.done', ({ response }) => {
      status = response.status;
    });
    await until('the session', () => seen.includes('session.created'));
    const format = { type: 'audio/pcm' as const, rate: 24_000 as const };
    realtime.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        instructions: 'You are kind.',
        output_modalities: ['audio'],
        audio: { input: { format, turn_detection: null }, output: { format, voice: 'marin' } },
      },
    });
    realtime.send({ type: 'input_audio_buffer.append', audio: SECOND });
    realtime.send({ type: 'input_audio_buffer.commit' });
    realtime.send({ type: 'response.create' });
    await until('the answer', () => status !== undefined);
    expect([status, words, problems]).toEqual(['completed', 'Hello, I am here.', []]);
    expect(bytes).toBe(2 * server.speak('Hello, I am here.').length);
    expect(seen.slice(0, 2)).toEqual(['session.created', 'session.updated']);
    const item = server.last.items.at(-1)!.id;
    realtime.send({ type: 'conversation.item.truncate', item_id: item, content_index: 0, audio_end_ms: 300 });
    await until('the cut', () => seen.includes('conversation.item.truncated'));
    realtime.close();
    await server.close();
    expect(server.last.problems).toEqual([]);
  });
});

describe('our OpenAI Live server', () => {
  it('is understood by OpenAI’s own client', async () => {
    const server = new OpenAiLiveServer();
    await server.open();
    const live = new LiveWS(new OpenAI({ apiKey: 'secret', baseURL: server.baseUrl }));
    let [words, bytes, id, reason] = ['', 0, '', ''];
    const problems: string[] = [];
    live.on('error', error => problems.push(error.message));
    live.on('session.started', ({ session }) => {
      id = session.id;
    });
    live.on('session.output_transcript.delta', ({ delta }) => {
      words += delta;
    });
    live.on('session.output_audio.delta', ({ delta }) => {
      bytes += Buffer.from(delta, 'base64').length;
    });
    live.on('session.closed', event => {
      reason = event.reason;
    });
    const format = { type: 'audio/pcm' as const, rate: 24_000 as const };
    live.send({ type: 'session.start', session: { model: 'gpt-live-1', audio: { format } } });
    live.send({ type: 'session.input_audio.append', audio: SECOND });
    live.send({ type: 'session.thinking.append', content: 'It is noon.', delegation_id: null });
    await until('the session', () => id !== '');
    await until('the sound', () => server.last.hearsMs > 0);
    await server.say('Hello, I am here.', { silence: false });
    live.send({ type: 'session.close' });
    await until('the end', () => reason !== '');
    expect([words, reason, problems]).toEqual(['Hello, I am here.', 'close_requested', []]);
    expect(bytes).toBe(2 * soundOf('Hello, I am here.', 24_000).length);
    live.close();
    await server.close();
    expect(server.last.problems).toEqual([]);
  });
});

describe('our Gemini Live server', () => {
  it('is understood by Google’s own client', async () => {
    const server = new GeminiLiveServer();
    await server.open();
    server.does = () => ({ say: 'Hello, I am here.' });
    const google = new GoogleGenAI({ apiKey: 'secret', httpOptions: { baseUrl: server.baseUrl } });
    const messages: LiveServerMessage[] = [];
    const session = await google.live.connect({
      model: 'gemini-3.8-live',
      config: {
        responseModalities: [Modality.AUDIO],
        systemInstruction: 'You are kind.',
        outputAudioTranscription: {},
        realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
      },
      callbacks: { onmessage: message => messages.push(message) },
    });
    session.sendRealtimeInput({ activityStart: {} });
    session.sendRealtimeInput({ audio: { data: SECOND, mimeType: 'audio/pcm;rate=16000' } });
    session.sendRealtimeInput({ activityEnd: {} });
    await until('the answer', () => messages.some(({ serverContent }) => serverContent?.turnComplete === true));
    const words = messages.map(({ serverContent }) => serverContent?.outputTranscription?.text ?? '').join('');
    expect(words).toBe('Hello, I am here.');
    const sound = messages.flatMap(({ serverContent }) => serverContent?.modelTurn?.parts ?? []);
    expect(sound[0]?.inlineData?.mimeType).toBe('audio/pcm;rate=24000');
    session.close();
    await server.close();
    expect(server.last.problems).toEqual([]);
  });
});

describe('our server of the Responses API', () => {
  it('is understood by OpenAI’s own client, which puts its events together', async () => {
    const server = new ResponsesServer();
    await server.open();
    // It puts together only what it knows.
    server.isAhead = false;
    const calls = [{ name: 'order', arguments: '{"id":"7"}' }];
    server.answer = () => ({ calls, text: 'One moment.', thinks: true });
    const client = new OpenAI({ apiKey: 'secret', baseURL: server.baseUrl });
    const stream = client.responses.stream({ model: 'gpt-5.4-mini', input: [], store: false });
    let words = '';
    stream.on('response.output_text.delta', ({ delta }) => {
      words += delta;
    });
    const asked: string[] = [];
    stream.on('response.function_call_arguments.done', ({ arguments: given }) => asked.push(given));
    await stream.done();
    expect([words, asked, server.problems]).toEqual(['One moment.', ['{"id":"7"}'], []]);
    await server.close();
  });
});

describe('somebody else’s server', () => {
  const mock = new LLMock({ port: 0 });
  beforeAll(async () => {
    mock.onMessage(/name/, { content: 'My name is Ollie.' });
    mock.onTranscription({ transcription: { text: 'Hello from somebody else.' } });
    await mock.start();
  });
  afterAll(() => mock.stop());
  const QUESTION = {
    role: 'user' as const,
    speaker: 'ann',
    name: 'Ann',
    text: 'What is your name?',
    typed: true as const,
  };
  const conversation = { persona: PERSONA, history: [], turn: [QUESTION] };
  const signal = new AbortController().signal;

  it('is asked by our dialogue as by any client of OpenAI’s chat', async () => {
    const config = { baseUrl: `${mock.url}/v1`, apiKey: 'secret', model: 'gpt-5.4-mini', maxTokens: 100 };
    const dialogue = new OpenAiDialogue({ ...config, firstTokenTimeoutMs: 4000 });
    let text = '';
    for await (const part of dialogue.reply(conversation, { signal, committed: Promise.resolve() }))
      if (part.type === 'text') text += part.text;
    expect(text).toBe('My name is Ollie.');
  });

  it('is asked by our dialogue as by any client of OpenAI’s Responses', async () => {
    const config = { baseUrl: `${mock.url}/v1`, apiKey: 'secret', model: 'gpt-5.4-mini', maxTokens: 100 };
    const dialogue = new OpenAiDialogue({ ...config, api: 'responses', firstTokenTimeoutMs: 4000 });
    let text = '';
    for await (const part of dialogue.reply(conversation, { signal, committed: Promise.resolve() }))
      if (part.type === 'text') text += part.text;
    expect(text).toBe('My name is Ollie.');
  });

  it('is given what people say by our transcription as by any client of OpenAI’s', async () => {
    const config = { baseUrl: `${mock.url}/v1`, apiKey: 'secret', model: 'gpt-transcribe', timeoutMs: 4000 };
    expect(await new OpenAiTranscription(config).transcribe(new Int16Array(16_000), { signal })).toEqual({
      text: 'Hello from somebody else.',
    });
  });

  it('is asked by our Gemini as by any client of its', async () => {
    const config = {
      baseUrl: mock.url,
      apiKey: 'secret',
      apiVersion: 'v1beta',
      model: 'gemini-2.5-flash',
      maxTokens: 100,
    };
    const dialogue = new GeminiDialogue({ ...config, firstTokenTimeoutMs: 4000, clock: systemClock, used: () => {} });
    let text = '';
    for await (const part of dialogue.reply(conversation, { signal, committed: Promise.resolve() }))
      if (part.type === 'text') text += part.text;
    expect(text).toBe('My name is Ollie.');
  });

  /** It speaks no sound: what can be seen is that all we send is taken, and what it says in words. */
  const taken = async (responder: Responder) => {
    const how = { turnId: 't', signal, committed: Promise.resolve(), room: async () => {} };
    for await (const each of responder.respond(conversation, how)) if (each.type === 'speech') expect.unreachable();
    responder.close?.();
  };
  const limits = { maxTokens: 1024, connectTimeoutMs: 4000, silenceTimeoutMs: 4000, apiKey: 'secret' };
  const host = { clock: systemClock, used: () => {} };

  it('takes all that our Realtime line sends', async () => {
    const own = { voice: 'marin', dialect: 'ga', auth: 'bearer', sessionMinutes: 30 } as const;
    const settings = { ...limits, ...own, baseUrl: `${mock.url}/v1`, model: 'gpt-realtime-2' };
    await taken(realtimeDuplex(settings, host).open(PERSONA));
  });

  it('takes all that our line for chat with sound sends', async () => {
    const form = { vendor: 'openai', voice: 'marin', format: 'pcm16', audioAs: 'base64' } as const;
    await taken(
      chatSoundDuplex({ ...limits, ...form, baseUrl: `${mock.url}/v1`, model: 'gpt-audio-1.5' }, host).open(PERSONA),
    );
  });

  it('takes all that our Gemini line sends', async () => {
    const settings = { ...limits, baseUrl: mock.url, apiVersion: 'v1beta', model: 'gemini-2.5-flash', voice: 'Kore' };
    await taken(geminiLiveDuplex(settings, host).open(PERSONA));
  });
});
