import type { Logger } from 'pino';
import { type StageEntry, standIns, usable, variablesOf } from '../../settings/stages.ts';
import type { Clock } from '../base/clock.ts';
import type { Meter } from '../base/meter.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import type { Provider } from '../metrics/providers.ts';
import type { Kind, Makers, ProviderHost } from '../providers/manifest.ts';
import { registry } from '../providers/registry.ts';
import type { Toolbox } from '../think/toolbox.ts';

type Made<K extends Kind> = Awaited<ReturnType<Makers[K]['make']>>;

/** One entry of a stage, made. */
export interface MadeEntry<K extends Kind> {
  entry: StageEntry;
  made: Made<K>;
  capabilities: ReturnType<Makers[K]['capabilities']>;
  meter: Meter;
  /** Everything that shapes its answers, for caches. */
  identity: string;
}

export interface MakersDeps {
  env: NodeJS.ProcessEnv;
  models: string;
  clock: Clock;
  metrics: AgentMetrics;
  log: Logger;
  toolbox: Toolbox | undefined;
}

/** What each kind is called in the metrics. */
const STAGE: Partial<Record<Kind, Provider['stage']>> = {
  recognition: 'asr',
  dialogue: 'dialogue',
  notes: 'notes',
  speech: 'tts',
};

/** Makes what the settings ask for, and closes all of it. */
export class Making {
  readonly #deps: MakersDeps;
  readonly #made = new Set<object>();
  readonly #shared = new Map<string, unknown>();
  readonly #lacking: string[] = [];

  constructor(deps: MakersDeps) {
    this.#deps = deps;
  }

  /** Embedded vendors that others stand in for, because what they need is not on this machine. */
  get lacking(): readonly string[] {
    return this.#lacking;
  }

  /** Those of a stage that can be made. Throws SettingsError where one that is needed cannot. */
  async stage<K extends Kind>(kind: K, entries: readonly StageEntry[]): Promise<MadeEntry<K>[]> {
    const made: MadeEntry<K>[] = [];
    for (const { use, lack } of standIns(kind, entries, this.#deps)) {
      this.#lacking.push(use);
      this.#deps.log.warn({ vendor: use, stage: kind }, `another stands in for it: ${lack}`);
    }
    for (const entry of usable(kind, entries, this.#deps)) made.push(await this.one(kind, entry));
    return made;
  }

  /** One entry as this kind; its vendor must make it. */
  async one<K extends Kind>(kind: K, entry: StageEntry): Promise<MadeEntry<K>> {
    const { env, metrics } = this.#deps;
    const vendor = registry.get(entry.use)!;
    // By kind, a vendor's maker is what the kind says.
    const maker = vendor.makes[kind] as NonNullable<Makers[K]>;
    const { settings } = entry;
    const variables = variablesOf(entry, env);
    const model = maker.model?.(settings) ?? vendor.name;
    const meter = metrics.meter({ stage: STAGE[kind] ?? kind, provider: entry.as, model });
    const made = (await maker.make(settings, this.#host(entry, meter))) as Made<K>;
    this.#made.add(made as object);
    return {
      entry,
      made,
      capabilities: maker.capabilities(settings) as MadeEntry<K>['capabilities'],
      meter,
      identity: maker.identity?.(settings, variables) ?? `${vendor.name} ${JSON.stringify(settings)}`,
    };
  }

  /** Whether an entry's vendor makes this kind, too. */
  makes(kind: Kind, { use }: StageEntry): boolean {
    return registry.get(use)?.makes[kind] !== undefined;
  }

  /** A conversation begins: what sleeps while nobody asks it is woken. */
  rouse(): void {
    for (const made of this.#made) (made as { rouse?(): void }).rouse?.();
  }

  /** Closes everything that was made; what two makers share is closed once. */
  async close(): Promise<void> {
    await Promise.all([...this.#made].map(made => (made as { close?(): Promise<void> | void }).close?.()));
  }

  #host(entry: StageEntry, { used }: Meter): ProviderHost {
    const { env, models, clock, metrics, log, toolbox } = this.#deps;
    return {
      clock,
      models,
      variables: variablesOf(entry, env),
      used,
      ...(toolbox !== undefined && { toolbox }),
      lost: (worker, reason) => {
        if (worker === 'recognizer') metrics.recognizerRestarted();
        else metrics.workerRestarted(worker);
        log.error({ vendor: entry.use, worker, reason }, 'a worker failed; another takes over');
      },
      loaded: loadMs => metrics.recognizerLoaded(loadMs),
      queue: (worker, waiting) => metrics.queue(worker, waiting),
      child: (worker, pids) => metrics.child({ name: worker, pids }),
      shared: (name, make) => {
        const key = `${entry.use}/${name}`;
        if (!this.#shared.has(key)) this.#shared.set(key, make());
        return this.#shared.get(key) as ReturnType<typeof make>;
      },
    };
  }
}
