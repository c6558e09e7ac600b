import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { AgentConfig, AgentConfigError, type AgentEnvironment } from './config.ts';
import { createAgentMetrics } from './metrics/metrics.ts';
import { NEUTRAL_PROSODY, type Speech } from './speak/ports.ts';
import { chooseVoice } from './voice.ts';

const log = pino({ level: 'silent' });
const environment: AgentEnvironment = { serverUrl: 'http://x', hostSecret: 's', logLevel: 'silent', toolVariables: {} };
/** Nobody listens on this port. */
const openai = { apiKey: 'k', baseUrl: 'http://127.0.0.1:9/v1' };
const metrics = createAgentMetrics();
const choose = (speech: object, env: Partial<AgentEnvironment> = {}) =>
  chooseVoice(AgentConfig.parse({ speech }), { ...environment, ...env }, metrics, log);

describe('the voice', () => {
  it('is the embedded one unless the settings name a speech model: a chat endpoint need not speak', async () => {
    for (const speech of [{}, { provider: 'embedded', model: 'm' }]) {
      const tts = choose(speech, { openai });
      expect(tts.capabilities.voices).not.toContain('alloy');
      await tts.close();
    }
  });

  it('cannot be an endpoint whose address and key nobody told', () => {
    for (const speech of [{ provider: 'openai' }, { model: 'm' }])
      expect(() => choose(speech)).toThrow(AgentConfigError);
  });

  it('speaks with the embedded voice where the endpoint fails, and that is counted', async () => {
    const tts = choose({ model: 'm', voice: 'mine' }, { openai });
    expect(tts.capabilities.voices).toEqual(expect.arrayContaining(['mine', 'slt']));
    const parts: Speech[] = [];
    const { signal } = new AbortController();
    for await (const part of tts.speak('Hello.', { voice: 'slt', prosody: NEUTRAL_PROSODY, signal })) parts.push(part);
    expect(parts[0]!.phones!.length).toBeGreaterThan(3);
    const counted = await metrics.registry.metrics();
    expect(counted).toContain('visavis_speech_fallbacks_total{category="network"} 1');
    expect(counted).toContain('visavis_provider_errors_total{stage="tts",category="network"} 1');
    await tts.close();
  });
});
