import { describe, expect, it } from 'vitest';
import { AgentSettings } from './agent.ts';

const face = (settings: object) => AgentSettings.safeParse({ face: settings });

describe('the size of the face', () => {
  it('is 512 by 512 at 800 kbit/s, and larger pictures get more', () => {
    expect(AgentSettings.parse({}).face).toEqual({ width: 512, height: 512, bitrate: 800_000 });
    const { bitrate } = AgentSettings.parse({ face: { width: 1280, height: 720 } }).face;
    expect(bitrate).toBeGreaterThan(1_600_000);
    expect(bitrate).toBeLessThan(800_000 * 3.5);
  });

  it('may be upright, and its bitrate may be set', () => {
    expect(face({ width: 720, height: 1280, bitrate: 500_000 }).data?.face).toEqual({
      width: 720,
      height: 1280,
      bitrate: 500_000,
    });
  });

  it.each([[{ width: 500 }], [{ height: 64 }], [{ width: 4096 }], [{ depth: 3 }]])('cannot be %o', settings => {
    expect(face(settings).success).toBe(false);
  });
});

const stages = (settings: object) => {
  const { dialogue, speech, images, recognition, feelings, duplex } = AgentSettings.parse(settings);
  return { dialogue, speech, images, recognition, feelings, duplex };
};
const problems = (settings: object) =>
  AgentSettings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a stage of the pipeline', () => {
  it('is a list of vendors, each with its own settings and name', () => {
    const { dialogue } = stages({
      dialogue: [{ use: 'openai', as: 'fast', model: 'm' }, { use: 'openai', maxTokens: 50 }, { use: 'embedded' }],
    });
    expect(dialogue).toMatchObject([
      { use: 'openai', as: 'fast', settings: { model: 'm', maxTokens: 300 } },
      { use: 'openai', as: 'openai', settings: { maxTokens: 50 } },
      { use: 'rivescript', as: 'rivescript', settings: {} },
    ]);
    expect(dialogue[0]!.variables).toEqual(['OPENAI_API_KEY', 'OPENAI_BASE_URL']);
  });

  it('has a queue before an entry that answers so many at once; of others than dialogues there is none', () => {
    const { dialogue } = stages({ dialogue: [{ use: 'openai', concurrency: 2 }, { use: 'embedded' }] });
    expect(dialogue.map(({ concurrency }) => concurrency)).toEqual([2, undefined]);
    expect(dialogue[0]!.settings).not.toHaveProperty('concurrency');
    expect(problems({ speech: [{ use: 'flite', concurrency: 2 }] })).toEqual([
      'speech.0.concurrency: there is no queue before speech',
    ]);
    expect(problems({ dialogue: [{ use: 'openai', concurrency: 0 }] })).toHaveLength(1);
  });

  it('is what is part of Visavis by default, behind OpenAI where its key is set', () => {
    expect(stages({})).toMatchObject({
      dialogue: [{ use: 'openai', optional: true }, { use: 'rivescript' }],
      speech: [{ use: 'hibari', optional: true }, { use: 'flite' }],
      recognition: [{ use: 'sherpa' }],
      feelings: [{ use: 'prosody' }],
      duplex: [],
      images: [],
    });
  });

  it('in the form with one provider is that one, and the embedded one behind it', () => {
    expect(
      stages({
        dialogue: { provider: 'openai', model: 'm', maxTokens: 100, firstTokenTimeoutMs: 500 },
        speech: { model: 'tts', voice: 'nova', baseUrl: 'http://a.example/v1', firstSoundTimeoutMs: 300 },
        images: { provider: 'sdwebui', steps: 10 },
      }),
    ).toMatchObject({
      dialogue: [
        { use: 'openai', optional: false, settings: { model: 'm', maxTokens: 100, firstTokenTimeoutMs: 500 } },
        { use: 'rivescript' },
      ],
      speech: [
        { use: 'openai', settings: { model: 'tts', voice: 'nova', baseUrl: 'http://a.example/v1' } },
        { use: 'hibari' },
        { use: 'flite' },
      ],
      images: [{ use: 'sdwebui', settings: { steps: 10, seed: 42, size: 1024 } }],
    });
    expect(stages({ dialogue: { provider: 'embedded' }, speech: { provider: 'embedded', model: 'm' } })).toMatchObject({
      dialogue: [{ use: 'rivescript' }],
      speech: [{ use: 'hibari', optional: true }, { use: 'flite' }],
    });
  });

  it.each([
    [
      { dialogue: [{ use: 'nobody' }] },
      /^dialogue\.0\.use: there is no vendor nobody; .*embedded, agentsjs, google, llama, openai/,
    ],
    [{ dialogue: [{ use: 'flite' }] }, /^dialogue\.0\.use: flite makes no dialogue/],
    [{ dialogue: [{ use: 'openai', modle: 'm' }] }, /^dialogue\.0\.modle: openai has no such setting/],
    [{ dialogue: [{ use: 'openai', maxTokens: 1 }] }, /^dialogue\.0\.maxTokens: /],
    [{ dialogue: [{ use: 'openai' }, { use: 'openai' }] }, /^dialogue\.1\.as: there is a openai before/],
    [{ dialogue: [{ model: 'm' }] }, /^dialogue\.0\.use: /],
    [{ dialogue: ['openai'] }, /^dialogue\.0: /],
    [{ dialogue: [] }, /^dialogue: names nobody/],
    [{ speech: [], recognition: [] }, /^speech: names nobody[\s\S]*recognition: names nobody/],
    [{ dialogue: { provider: 'nobody' } }, /^dialogue\.provider: /],
    [{ dialogue: { maxTokens: 1 } }, /^dialogue\.maxTokens: /],
    [{ speech: { model: 'm', baseUrl: 'no address' } }, /^speech\.baseUrl: /],
    [{ speech: 5 }, /^speech: /],
    [{ dialogue: Array.from({ length: 9 }, (_, i) => ({ use: 'embedded', as: `a${i}` })) }, /^dialogue: at most 8/],
  ])('names what is wrong in %j', (settings, problem) => {
    expect(problems(settings)?.join('\n')).toMatch(problem);
  });
});
