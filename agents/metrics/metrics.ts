import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Prices } from '../../settings/agent.ts';
import { conversationMetrics } from './conversations.ts';
import { eyesMetrics } from './eyes.ts';
import { faceMetrics } from './face.ts';
import { mediaMetrics } from './media.ts';
import { processMetrics } from './processes.ts';
import { providerMetrics } from './providers.ts';
import { recordingMetrics } from './recordings.ts';
import { safetyMetrics } from './safety.ts';
import { toolMetrics } from './tools.ts';

export type AgentMetrics = ReturnType<typeof createAgentMetrics>;

/** The figures of one agent host, one file per subject; the server collects them and adds up those of all hosts. */
export function createAgentMetrics(prices: Prices = {}) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'visavis_agent_' });
  const conversations = conversationMetrics(registers);
  const providers = providerMetrics(registers, prices, () => conversations.seconds());
  return {
    registry,
    ...conversations,
    ...providers,
    ...faceMetrics(registers),
    ...mediaMetrics(registers),
    ...eyesMetrics(registers),
    ...recordingMetrics(registers),
    ...toolMetrics(registers),
    ...safetyMetrics(registers),
    ...processMetrics(registers),
    session: { ...conversations.session, providerError: providers.providerError },
  };
}
