import type { Logger } from 'pino';
import type { AgentSettings } from '../../settings/agent.ts';
import type { Clock } from '../base/clock.ts';
import { Knowledge } from '../knowledge/knowledge.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';

/** What personas look things up in; what is worked out of it is kept with the caches. */
export const makeKnowledge = (
  { cache }: AgentSettings,
  { clock, metrics, log }: { clock: Clock; metrics: AgentMetrics; log: Logger },
): Knowledge =>
  new Knowledge({
    clock,
    kept: cache.folder,
    report: problem => log.warn({ problem }, 'a document cannot be used'),
    lost: () => {
      metrics.workerRestarted('library');
      log.error('the library failed; another takes over');
    },
  });
