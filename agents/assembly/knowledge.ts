import type { Logger } from 'pino';
import type { AgentSettings } from '../../settings/agent.ts';
import type { Clock } from '../base/clock.ts';
import { Knowledge } from '../knowledge/knowledge.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import type { Making } from './makers.ts';

/** What personas look things up in; what is worked out of it is kept with the caches. */
export async function makeKnowledge(
  { cache, embeddings }: AgentSettings,
  { making, clock, metrics, log }: { making: Making; clock: Clock; metrics: AgentMetrics; log: Logger },
): Promise<Knowledge> {
  const [embedder] = await making.stage('embedding', embeddings);
  return new Knowledge({
    clock,
    ...(embedder && { embedder: embedder.made }),
    kept: cache.folder,
    report: problem => log.warn({ problem }, 'a document cannot be used'),
    lost: () => {
      metrics.workerRestarted('library');
      log.error('the library failed; another takes over');
    },
  });
}
