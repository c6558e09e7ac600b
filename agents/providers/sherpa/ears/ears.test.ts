import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../base/clock.ts';
import type { PeerEvents } from '../../../base/peers.ts';
import type { WorkerReply, WorkerRequest } from '../../../base/worker-queue.ts';
import { batched } from '../../../listen/batched.ts';
import { inLanguage } from '../../../listen/in-language.ts';
import { NEUTRAL_PROSODY } from '../../../speak/ports.ts';
import { recognizerConformance } from '../../../testing/recognizer-conformance.ts';
import { Flite } from '../../flite/flite.ts';
import { configOf, isStreaming } from './config.ts';
import { Ears } from './ears.ts';
import { feelingOf } from './feeling.ts';
import type { EarsAnswer, EarsRequest } from './messages.ts';
import { EarFiles, EarModel, filesOf, languagesOf, missingEars } from './models.ts';

const SENSE: EarFiles = { family: 'sense-voice', model: 'm.onnx', tokens: 't.txt' };
const STREAMING: EarFiles = {
  family: 'streaming-zipformer',
  encoder: 'e.onnx',
  decoder: 'd.onnx',
  joiner: 'j.onnx',
  tokens: 't.txt',
};
const { signal } = new AbortController();
const opened: Ears[] = [];
afterEach(async () => {
  for (const ears of opened.splice(0)) await ears.close();
});

/** Ears whose process answers as a test says. */
function ears(files: EarFiles, answer: (request: EarsRequest) => EarsAnswer | undefined) {
  const asked: EarsRequest[] = [];
  const lost: string[] = [];
  let process: PeerEvents<WorkerReply<EarsAnswer>>;
  const made = new Ears(
    { files, threads: 1 },
    {
      clock: systemClock,
      lost: () => lost.push('lost'),
      start: events => {
        process = events;
        return {
          pid: 7,
          post(message) {
            const { id, request } = message as WorkerRequest<EarsRequest>;
            asked.push(request);
            const answered = answer(request);
            if (answered !== undefined) queueMicrotask(() => events.told({ id, answer: answered }));
          },
          end: async () => {},
        };
      },
    },
  );
  opened.push(made);
  return { ears: made, asked, lost, die: () => process.failed('it ended with SIGSEGV') };
}

describe('what sherpa-onnx is told', () => {
  it.each<[EarFiles, object]>([
    [
      SENSE,
      {
        modelConfig: {
          senseVoice: { model: 'm.onnx', language: 'auto', useInverseTextNormalization: 1 },
          tokens: 't.txt',
        },
      },
    ],
    [
      { family: 'whisper', encoder: 'e.onnx', decoder: 'd.onnx', tokens: 't.txt' },
      { modelConfig: { whisper: { encoder: 'e.onnx', decoder: 'd.onnx', language: '', task: 'transcribe' } } },
    ],
    [
      { family: 'parakeet', encoder: 'e.onnx', decoder: 'd.onnx', joiner: 'j.onnx', tokens: 't.txt' },
      {
        modelConfig: {
          transducer: { encoder: 'e.onnx', decoder: 'd.onnx', joiner: 'j.onnx' },
          modelType: 'nemo_transducer',
        },
      },
    ],
    [
      { family: 'moonshine', encoder: 'e.onnx', decoder: 'd.onnx', tokens: 't.txt' },
      { modelConfig: { moonshine: { encoder: 'e.onnx', mergedDecoder: 'd.onnx' } } },
    ],
    [
      {
        family: 'moonshine-parts',
        preprocessor: 'p.onnx',
        encoder: 'e.onnx',
        uncachedDecoder: 'u.onnx',
        cachedDecoder: 'c.onnx',
        tokens: 't.txt',
      },
      {
        modelConfig: {
          moonshine: { preprocessor: 'p.onnx', encoder: 'e.onnx', uncachedDecoder: 'u.onnx', cachedDecoder: 'c.onnx' },
        },
      },
    ],
    [
      STREAMING,
      {
        modelConfig: { transducer: { encoder: 'e.onnx', decoder: 'd.onnx', joiner: 'j.onnx' } },
        enableEndpoint: false,
      },
    ],
  ])('of $family', (files, config) => {
    const told = configOf(files, { threads: 2 });
    expect(told).toMatchObject(config);
    expect(told).toMatchObject({
      featConfig: { sampleRate: 16_000, featureDim: 80 },
      modelConfig: { tokens: files.tokens, numThreads: 2, provider: 'cpu' },
    });
    expect(isStreaming(files)).toBe(files === STREAMING);
  });

  it('is the language that is spoken, of those that can be told', () => {
    expect(configOf(SENSE, { threads: 1, language: 'ja' })).toMatchObject({
      modelConfig: { senseVoice: { language: 'ja' } },
    });
    const whisper = { family: 'whisper', encoder: 'e', decoder: 'd', tokens: 't' } as const;
    expect(configOf(whisper, { threads: 1, language: 'de' })).toMatchObject({
      modelConfig: { whisper: { language: 'de' } },
    });
  });
});

describe('the files of a model', () => {
  it('lie under its name in the folder of models, or where the settings say', () => {
    expect(filesOf('whisper-base', '/models')).toEqual({
      family: 'whisper',
      encoder: '/models/ears/whisper-base/base-encoder.int8.onnx',
      decoder: '/models/ears/whisper-base/base-decoder.int8.onnx',
      tokens: '/models/ears/whisper-base/base-tokens.txt',
    });
    expect(filesOf(SENSE, '/models')).toBe(SENSE);
    expect(languagesOf('whisper-base')).toBeUndefined();
    expect(languagesOf('zipformer-en')).toEqual(['en']);
    expect(languagesOf(SENSE)).toContain('yue');
  });

  it('are told of where they are missing', () => {
    expect(missingEars(SENSE, '/models')).toBe('the model of sense-voice is not at m.onnx');
    expect(missingEars('parakeet-v3', '/models')).toMatch(
      /parakeet-v3 is not here: .*models -- ears parakeet-v3 FOLDER/,
    );
    expect(EarModel.safeParse('nothing').error?.issues[0]?.message).toMatch(/one of sense-voice-small, whisper-base/);
    expect(EarFiles.safeParse({ ...SENSE, joiner: 'j' }).success).toBe(false);
  });
});

describe('a model that somebody has', () => {
  const pcm = new Int16Array(16_000);

  it('is told the persona’s language, where it hears that, and no other', async () => {
    const { ears: made, asked } = ears(SENSE, () => ({ text: 'Hi.' }));
    const of = (fixed?: string) => batched(made.recognizer(fixed, languagesOf(SENSE)), systemClock);
    for (const [recognizer, language] of [
      [of(), 'ja-JP'],
      [of(), 'de'],
      [of(), undefined],
      [of('ko'), 'ja'],
    ] as const) {
      const stream = inLanguage(recognizer, language).open('ann', { partial: () => {} });
      stream.push(pcm, false);
      expect((await stream.settle({ signal })).text).toBe('Hi.');
      stream.close();
    }
    expect(asked.map(each => (each.type === 'read' ? each.language : 'none'))).toEqual([
      'ja',
      undefined,
      undefined,
      'ko',
    ]);
  });

  it('is not asked for words so far while it has something to do [C2]', async () => {
    const { ears: made } = ears(SENSE, () => undefined);
    const recognizer = made.recognizer(undefined, undefined);
    void recognizer.transcribe(pcm, { signal, final: true }).catch(() => {});
    await expect(recognizer.transcribe(pcm, { signal, final: false })).rejects.toMatchObject({ category: 'quota' });
  });

  it('whose process dies says so, and is started again', async () => {
    const { ears: made, lost, die, asked } = ears(SENSE, () => undefined);
    const recognizer = made.recognizer(undefined, undefined);
    const reading = recognizer.transcribe(pcm, { signal, final: true });
    die();
    await expect(reading).rejects.toMatchObject({ category: 'internal', retryable: true });
    void recognizer.transcribe(pcm, { signal, final: true }).catch(() => {});
    expect(lost).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });
});

describe('a model that reads sound as it comes', () => {
  const piece = new Int16Array(1600);
  const stream = (answer: (request: EarsRequest) => EarsAnswer | undefined) => {
    const made = ears(STREAMING, answer);
    const partials: string[] = [];
    const recognition = made.ears
      .streamed({ partials: 'cheap', words: false, languages: ['en'] })
      .open('ann', { partial: text => partials.push(text) });
    return { ...made, recognition, partials };
  };

  it('tells the words so far, and all of them when somebody pauses; then it goes on', async () => {
    let count = 0;
    const { recognition, partials, asked } = stream(request =>
      request.type === 'stream' ? { text: request.flush ? `whole ${++count}` : 'so far' } : { text: '' },
    );
    for (let i = 0; i < 10; i++) recognition.push(new Int16Array(320));
    expect((await recognition.settle({ signal })).text).toBe('whole 1');
    expect(partials).toEqual(['so far', 'so far', 'whole 1']);
    const sent = asked.reduce((sum, each) => sum + (each.type === 'stream' ? each.pcm.length : 0), 0);
    expect(sent).toBe(3200);
    recognition.push(piece);
    expect((await recognition.settle({ signal })).text).toBe('whole 1 whole 2');
    recognition.discard();
    recognition.push(piece);
    expect((await recognition.settle({ signal })).text).toBe('whole 3');
    recognition.close();
    await expect.poll(() => asked.at(-1)?.type).toBe('over');
  });

  it('fails where its process dies, and the next stretch is read by another', async () => {
    let answers = false;
    const { recognition, die } = stream(() => (answers ? { text: 'again' } : undefined));
    recognition.push(piece);
    const reading = recognition.settle({ signal });
    await new Promise(resolve => setImmediate(resolve));
    answers = true;
    die();
    await expect(reading).rejects.toMatchObject({ name: 'ProviderError', retryable: true });
    recognition.discard();
    recognition.push(piece);
    expect((await recognition.settle({ signal })).text).toBe('again');
    recognition.close();
  });
});

describe('feelings that the model hears', () => {
  it.each([
    [{ emotion: '<|HAPPY|>', event: '<|Speech|>' }, { happy: 0.6 }],
    [{ emotion: 'SAD' }, { sad: 0.6 }],
    [{ emotion: '<|NEUTRAL|>' }, {}],
    [{ emotion: '<|NEUTRAL|>', event: '<|Laughter|>' }, { happy: 0.6 }],
    [{ emotion: '<|EMO_UNKNOWN|>', event: '<|BGM|>' }, undefined],
    [{}, undefined],
  ])('are read from its tags: %o', (tags, emotions) => {
    const reading = feelingOf({ text: '', ...tags });
    expect(reading?.emotions).toEqual(emotions);
    if (reading !== undefined) expect(reading.source).toBe('voice');
  });

  it('are asked for apart from the words, of the same process', async () => {
    const { ears: made, asked } = ears(SENSE, () => ({ text: 'Hi.', emotion: '<|ANGRY|>' }));
    const words = await made.recognizer(undefined, undefined).transcribe(new Int16Array(1600), { signal, final: true });
    expect(words).toEqual({ text: 'Hi.' });
    const heard = await made.feelings.hear('ann', 'u', new Int16Array(1600), { signal });
    expect(heard).toEqual({ source: 'voice', emotions: { angry: 0.6 }, confidence: 0.6 });
    expect(asked).toHaveLength(2);
  });
});

const model = (name: string) => path.resolve(import.meta.dirname, '../../../../models', name);
const MOONSHINE: EarFiles = {
  family: 'moonshine',
  encoder: model('moonshine-encoder.onnx'),
  decoder: model('moonshine-decoder-bytes.onnx'),
  tokens: model('moonshine-tokens.txt'),
};

describe.skipIf(missingEars(MOONSHINE, '') !== undefined)(
  'a model by its paths (skipped where the models are not set up)',
  () => {
    const flite = new Flite();
    const spoken = async (text: string) => {
      const parts: number[] = [];
      for await (const { pcm } of flite.speak(text, { voice: 'slt', prosody: NEUTRAL_PROSODY, signal }))
        parts.push(...pcm);
      return Int16Array.from(parts);
    };
    const real = (files: EarFiles = MOONSHINE, lost = () => {}) =>
      new Ears({ files, threads: 1 }, { clock: systemClock, lost });
    const hanging = {
      transcribe: (_: Int16Array, options: { signal: AbortSignal }) =>
        new Promise<never>((_resolve, reject) =>
          options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true }),
        ),
    };

    recognizerConformance(
      'sherpa, with a model by its paths,',
      async does => {
        if (does === 'fails') return undefined;
        if (does === 'hangs') return { recognizer: batched(hanging, systemClock), close: async () => {} };
        const made = real();
        return { recognizer: batched(made.recognizer(undefined, ['en']), systemClock), close: () => made.close() };
      },
      async () => {
        const sayings = [
          { pcm: await spoken('I have a small dog.'), word: /\bdog\b/i },
          { pcm: await spoken('The sun is shining today.'), word: /\bsun\b/i },
        ] as const;
        await flite.close();
        return [...sayings];
      },
    );

    it('that is broken ends its process and no other', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-broken-'));
      const encoder = path.join(folder, 'encoder.onnx');
      fs.writeFileSync(encoder, Buffer.alloc(100_000, 7));
      let lost = 0;
      const broken = real({ ...MOONSHINE, encoder }, () => {
        lost += 1;
      });
      try {
        const reading = broken
          .recognizer(undefined, undefined)
          .transcribe(new Int16Array(16_000), { signal, final: true });
        await expect(reading).rejects.toMatchObject({ name: 'ProviderError', category: 'internal' });
        expect(lost).toBeGreaterThan(0);
      } finally {
        await broken.close();
        fs.rmSync(folder, { recursive: true });
      }
    });
  },
);
