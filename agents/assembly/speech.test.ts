import fs from 'node:fs';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentSettings } from '../../settings/agent.ts';
import { SettingsError } from '../../settings/file.ts';
import { systemClock } from '../base/clock.ts';
import { createAgentMetrics } from '../metrics/metrics.ts';
import { NEUTRAL_PROSODY, type Speech } from '../speak/ports.ts';
import { Making } from './makers.ts';
import { makeVoices } from './speech.ts';

const log = pino({ level: 'silent' });
const NEURAL = fs.existsSync('models/hibari/decoder-0.2.1.onnx');
/** Nobody listens on this port. */
const ENDPOINT = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
const metrics = createAgentMetrics();
let making: Making;
const choose = (speech: object, env: NodeJS.ProcessEnv = {}, models = 'no-such-folder') => {
  making = new Making({ env, models, clock: systemClock, metrics, log, toolbox: undefined });
  return makeVoices(AgentSettings.parse({ speech }).speech, { making, metrics, log, cache: undefined });
};
afterEach(() => making.close());

describe('the voice', () => {
  it('is the embedded one unless the settings name a speech model: a chat endpoint need not speak', async () => {
    for (const speech of [{}, { provider: 'embedded', model: 'm' }, [{ use: 'embedded' }], [{ use: 'flite' }]]) {
      const { tts } = await choose(speech, ENDPOINT);
      expect(tts.capabilities.voices).toMatchObject({ closed: true });
      expect(tts.capabilities.voices.known).toContain('slt');
    }
  });

  it('is the simple embedded one where the neural one is not on this machine, and that is told', async () => {
    const { voiced } = await choose({});
    expect(voiced.map(({ names }) => names[0])).toEqual(['flite']);
    expect(making.lacking).toEqual(['hibari']);
    await expect(choose([{ use: 'hibari' }])).rejects.toThrow(
      /agent\.speech asks for hibari: its model is not in no-such/,
    );
  });

  it.skipIf(!NEURAL)(
    'is the neural one where it is, with the simple one behind it (skipped without its model)',
    async () => {
      const { voiced, tts } = await choose({}, {}, 'models');
      expect(voiced.map(({ names }) => names[0])).toEqual(['hibari', 'flite']);
      expect(making.lacking).toEqual([]);
      expect(tts.capabilities.voices.known[0]).toBe('heart');
    },
  );

  it('cannot be an endpoint whose address and key nobody told', async () => {
    for (const speech of [{ provider: 'openai' }, { model: 'm' }, [{ use: 'openai', model: 'm' }]])
      await expect(choose(speech)).rejects.toThrow(SettingsError);
  });

  it('is without an endpoint that is optional, where its key is missing', async () => {
    const { voiced } = await choose([{ use: 'openai', model: 'm', optional: true }, { use: 'embedded' }]);
    expect(voiced.map(({ names }) => names[0])).toEqual(['flite']);
  });

  it('is the next one where an endpoint fails, at any depth, and that is counted', async () => {
    const endpoint = { use: 'openai', model: 'm', voice: 'mine' };
    const { tts } = await choose([endpoint, { ...endpoint, as: 'spare' }, { use: 'embedded' }], ENDPOINT);
    expect(tts.capabilities.voices).toMatchObject({ closed: false });
    expect(tts.capabilities.voices.known).toEqual(expect.arrayContaining(['mine', 'slt']));
    const parts: Speech[] = [];
    const { signal } = new AbortController();
    for await (const part of tts.speak('Hello.', { voice: 'slt', prosody: NEUTRAL_PROSODY, signal })) parts.push(part);
    expect(parts[0]!.phones!.length).toBeGreaterThan(3);
    const counted = await metrics.registry.metrics();
    expect(counted).toContain('visavis_speech_fallbacks_total{category="network"} 2');
    expect(counted).toContain('visavis_provider_errors_total{stage="tts",category="network"} 2');
    expect(counted).toContain(
      'visavis_provider_calls_total{stage="tts",provider="spare",model="m",outcome="failed"} 1',
    );
  });
});
