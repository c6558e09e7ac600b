import { type StageEntry, variablesOf } from '../../settings/stages.ts';
import { ProviderError, type ProviderErrorCategory } from '../base/errors.ts';
import type { Kind, Makers, ProviderHost } from '../providers/manifest.ts';
import type { Registry } from '../providers/registry.ts';
import { CHECKS, type CheckContext } from './stages.ts';

/** What became of one stage; `skipped` says what it lacks. */
export interface Checked {
  kind: Kind;
  model: string;
  outcome: 'ok' | 'failed' | 'skipped';
  /** In words that help. */
  told: string;
}

export interface CheckOptions extends CheckContext {
  registry: Pick<Registry, 'get'>;
  env: NodeJS.ProcessEnv;
  models: string;
  /** What the settings say of a stage of this vendor; else its own defaults are tried. */
  entries: Partial<Record<Kind, readonly StageEntry[]>>;
}

const HELP: Record<ProviderErrorCategory, string> = {
  asleep: 'it is being started: try again in a minute',
  auth: 'the key is not taken: is it this vendor’s, and may it use this?',
  quota: 'nothing is left to spend, or it was asked too often',
  network: 'it cannot be reached, or takes too long: is the address right, and the way open?',
  'bad-input': 'it does not take what it was asked: is the voice, the language or another setting one of its own?',
  model: 'it does not have this model (any more): name another in the settings',
  internal: 'its answer is not what was promised',
};

/** One short exchange with each stage that a vendor makes, one after the other. Throws for a vendor that is not known. */
export async function* checkVendor(name: string, options: CheckOptions): AsyncGenerator<Checked, void, undefined> {
  const vendor = options.registry.get(name);
  if (vendor === undefined) throw new Error(`there is no vendor ${name}`);
  for (const kind of Object.keys(CHECKS) as (keyof typeof CHECKS)[]) {
    const maker = vendor.makes[kind];
    if (maker === undefined) continue;
    const entry = options.entries[kind]?.find(({ use }) => use === name);
    const given = entry?.settings ?? maker.settings.safeParse({}).data;
    if (given === undefined) {
      yield { kind, model: name, outcome: 'skipped', told: 'the settings do not say how: it has no defaults' };
      continue;
    }
    const used: StageEntry = { use: name, as: name, optional: false, settings: given, variables: vendor.variables };
    yield await checkStage(kind, maker as Makers[Kind], used, options);
  }
}

async function checkStage(kind: Kind, maker: Makers[Kind], entry: StageEntry, options: CheckOptions): Promise<Checked> {
  const { env, models, clock } = options;
  const variables = variablesOf(entry, env);
  const model = maker.model?.(entry.settings) ?? entry.use;
  const missing = maker.missing?.(entry.settings, variables, models);
  if (missing !== undefined) return { kind, model, outcome: 'skipped', told: missing };
  const none = () => {};
  const host: ProviderHost = {
    clock,
    models,
    variables,
    used: none,
    lost: none,
    loaded: none,
    queue: none,
    child: none,
    shared: (_, make) => make(),
  };
  let made: object | undefined;
  try {
    made = (await maker.make(entry.settings, host)) as object;
    const check = CHECKS[kind as keyof typeof CHECKS] as (made: object, context: CheckContext) => Promise<string>;
    return { kind, model, outcome: 'ok', told: await check(made, options) };
  } catch (error) {
    const told =
      error instanceof ProviderError
        ? `${error.category}: ${HELP[error.category]} (${error.message})`
        : (error as Error).message;
    return { kind, model, outcome: 'failed', told };
  } finally {
    await (made as { close?(): Promise<void> | void } | undefined)?.close?.();
  }
}
