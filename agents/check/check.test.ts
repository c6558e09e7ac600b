import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StageEntry } from '../../settings/stages.ts';
import { DeepgramServer } from '../../test/vendors/deepgram.ts';
import { GeminiServer } from '../../test/vendors/gemini.ts';
import { sayingOf } from '../../test/vendors/hearing.ts';
import { RealtimeServer } from '../../test/vendors/realtime.ts';
import { systemClock } from '../base/clock.ts';
import { registry } from '../providers/registry.ts';
import { PERSONA } from '../testing/scene.ts';
import { type CheckOptions, checkVendor } from './check.ts';

const gemini = new GeminiServer();
const deepgram = new DeepgramServer();
const realtime = new RealtimeServer();
beforeAll(() => Promise.all([gemini.open(), deepgram.open(), realtime.open()]));
afterAll(() => Promise.all([gemini.close(), deepgram.close(), realtime.close()]));

const entry = (use: string, kind: 'dialogue' | 'recognition' | 'duplex', settings: object): StageEntry => {
  const vendor = registry.get(use)!;
  const read = vendor.makes[kind]!.settings.parse(settings);
  return { use, as: use, optional: false, settings: read, variables: vendor.variables };
};
const check = async (name: string, entries: CheckOptions['entries'], env: NodeJS.ProcessEnv = {}) => {
  const signal = AbortSignal.timeout(20_000);
  const context = { clock: systemClock, persona: PERSONA, saying: sayingOf('apples').pcm, signal };
  const told = [];
  for await (const stage of checkVendor(name, { registry, env, models: 'models', entries, ...context }))
    told.push(stage);
  return Object.fromEntries(told.map(({ kind, ...stage }) => [kind, stage]));
};

describe('a vendor is checked', () => {
  it('by one short exchange with each stage that it makes, as the settings say', async () => {
    const checked = await check(
      'google',
      { dialogue: [entry('google', 'dialogue', { baseUrl: gemini.baseUrl, model: 'mine' })] },
      { GEMINI_API_KEY: 'secret' },
    );
    expect(checked.dialogue).toMatchObject({
      model: 'mine',
      outcome: 'ok',
      told: expect.stringContaining('I am here'),
    });
    expect((await check('deepgram', {}, {})).recognition).toEqual({
      model: 'nova-3',
      outcome: 'skipped',
      told: 'set DEEPGRAM_API_KEY',
    });
  });

  it('with somebody’s voice, where it hears', async () => {
    const recognition = [entry('deepgram', 'recognition', { baseUrl: deepgram.baseUrl })];
    const heard = await check('deepgram', { recognition }, { DEEPGRAM_API_KEY: 'secret' });
    expect(heard.recognition).toMatchObject({ outcome: 'ok', told: expect.stringContaining('apples') });
    const duplex = [entry('openai', 'duplex', { baseUrl: realtime.baseUrl })];
    const answered = await check('openai', { duplex }, {});
    expect(answered.duplex).toMatchObject({ outcome: 'ok', told: expect.stringContaining('Hello there.') });
  });

  it('and what goes wrong is said in words that help', async () => {
    gemini.answer = () => ({ status: 400, text: 'API key not valid' });
    const dialogue = [entry('google', 'dialogue', { baseUrl: gemini.baseUrl })];
    const checked = await check('google', { dialogue }, { GEMINI_API_KEY: 'wrong' });
    expect(checked.dialogue).toMatchObject({
      outcome: 'failed',
      told: expect.stringMatching(/^auth: the key is not taken/),
    });
  });
});
