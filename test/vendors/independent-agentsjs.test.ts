/** The adapter for LiveKit's agents-js with the real packages, whose OpenAI plugin talks to servers of somebody else. */
import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../agents/base/clock.ts';
import { PluginDialogue } from '../../agents/providers/agentsjs/dialogue.ts';
import { PluginRecognition } from '../../agents/providers/agentsjs/recognizer.ts';
import { pluginSpeech } from '../../agents/providers/agentsjs/speech.ts';
import { said } from '../../agents/testing/duplex-talk.ts';
import { PERSONA } from '../../agents/testing/scene.ts';

const PLUGIN = '@livekit/agents-plugin-openai';
const isInstalled = (name: string) => {
  try {
    return import.meta.resolve(name) !== '';
  } catch {
    return false;
  }
};

describe.skipIf(!isInstalled(PLUGIN))(`agents-js (skipped where ${PLUGIN} is not installed)`, () => {
  const mock = new LLMock({ port: 0 });
  const signal = new AbortController().signal;
  let options: Record<string, unknown>;
  beforeAll(async () => {
    mock.onMessage(/name/, { content: 'My name is Ollie.' });
    mock.onTranscription({ transcription: { text: 'Hello from somebody else.' } });
    await mock.start();
    options = { baseURL: `${mock.url}/v1`, apiKey: 'secret' };
  });
  afterAll(() => mock.stop());

  it('writes', async () => {
    const config = { plugin: PLUGIN, options: { ...options, model: 'gpt-5.4-mini' }, firstTokenTimeoutMs: 4000 };
    const dialogue = await PluginDialogue.create({ ...config, clock: systemClock, used: () => {} });
    const conversation = { persona: PERSONA, history: [], turn: [said('What is your name?', { typed: true })] };
    let text = '';
    for await (const part of dialogue.reply(conversation, { signal, committed: Promise.resolve() }))
      if (part.type === 'text') text += part.text;
    await dialogue.close();
    expect(text).toBe('My name is Ollie.');
  });

  it('hears', async () => {
    const ears = await PluginRecognition.create({ plugin: PLUGIN, options, how: 'whole', timeoutMs: 4000 });
    const { text } = await ears.transcribe(new Int16Array(16_000).fill(1000), { signal });
    await ears.close();
    expect(text).toBe('Hello from somebody else.');
  });

  it('speaks', async () => {
    mock.onSpeech(/.*/, { audio: Buffer.alloc(48_000, 1).toString('base64'), format: 'pcm' });
    const config = { plugin: PLUGIN, options, voiceOption: 'voice', voice: 'alloy', timeoutMs: 4000 };
    const speech = await pluginSpeech({ ...config, clock: systemClock });
    let samples = 0;
    const how = { voice: 'alloy', prosody: { rate: 1, pitch: 1, range: 1 }, signal };
    for await (const { pcm: part } of speech.speak('Hello there.', how)) samples += part.length;
    await speech.close();
    expect(samples).toBeGreaterThan(0);
  });
});
