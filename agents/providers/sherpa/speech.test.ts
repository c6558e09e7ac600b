import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../../base/errors.ts';
import { NEUTRAL_PROSODY, type Speech } from '../../speak/ports.ts';
import { ttsConformance } from '../../testing/tts-conformance.ts';
import sherpa from './index.ts';
import { SherpaSpeech } from './speech.ts';
import { missingOf, SpeechSettings, speechCapabilities } from './voices.ts';

/** `{"joe": {"family": "piper", "model": …}}`: voices of whoever runs the tests. */
const given = process.env.VISAVIS_TEST_SHERPA_VOICES;
const files = { model: '/none/joe.onnx', tokens: '/none/tokens.txt', data: '/none/espeak-ng-data' };
const settings = (voices: object, over: object = {}) => SpeechSettings.parse({ voices, ...over });
const JOE = settings({ joe: { family: 'piper', ...files } });

describe('voices that somebody has', () => {
  it('are known by the names that they are given, and speak what is said of them', () => {
    const two = settings({ joe: JOE.voices.joe, mia: { family: 'kitten', ...files, voices: '/none/voices.bin' } });
    expect(speechCapabilities(two)).toMatchObject({
      voices: { known: ['joe', 'mia'], closed: true },
      languages: ['en'],
      reads: 'words',
    });
    expect(speechCapabilities(settings({}, { languages: ['de'] }))).toMatchObject({ reads: 'written' });
  });

  it('are asked for where none is named, or a file is not there', () => {
    expect(missingOf(settings({}))).toMatch(/`voices`/);
    expect(missingOf(JOE)).toBe('the voice joe has no model at /none/joe.onnx');
    expect(sherpa.makes.speech!.missing).toBe(missingOf);
  });

  it.each([
    { joe: { family: 'piper', model: 'x' } },
    { joe: { family: 'kitten', ...files } },
    { joe: { family: 'cat', ...files } },
    { 'a b': { family: 'piper', ...files } },
  ])('are refused where something is wrong with them: %j', voices => {
    expect(SpeechSettings.safeParse({ voices }).success).toBe(false);
  });
});

describe('a process that speaks', () => {
  let voice: SherpaSpeech | undefined;
  afterEach(() => voice?.close());
  const options = { prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
  const said = async (name: string): Promise<Speech[]> => {
    const all: Speech[] = [];
    for await (const speech of voice!.speak('Hello.', { ...options, voice: name })) all.push(speech);
    return all;
  };

  it('refuses a voice that it does not have', async () => {
    voice = new SherpaSpeech(JOE);
    await expect(said('mia')).rejects.toMatchObject({ category: 'bad-input', retryable: false });
    await expect(said('constructor')).rejects.toBeInstanceOf(ProviderError);
  });

  it('whose model cannot be read fails as a provider does, and is told of', async () => {
    voice = new SherpaSpeech(JOE);
    await expect(said('joe')).rejects.toBeInstanceOf(ProviderError);
  });
});

describe.skipIf(given === undefined)(
  `a voice that is there${given === undefined ? ' (skipped: VISAVIS_TEST_SHERPA_VOICES names none)' : ''}`,
  () => {
    ttsConformance('sherpa', () => new SherpaSpeech(settings(JSON.parse(fs.readFileSync(given!, 'utf8')))));
  },
);
