import type { Clock } from '../../base/clock.ts';
import type { Usage } from '../../base/meter.ts';
import type { Toolbox } from '../../think/toolbox.ts';

/** What a model that hears and speaks is given by the process that it works in. */
export interface DuplexHost {
  clock: Clock;
  toolbox?: Toolbox | undefined;
  used(usage: Usage): void;
}
