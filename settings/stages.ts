/** A stage of the pipeline in the settings: a list of vendors, the first that answers wins. */
import { z } from 'zod';
import type { Kind, Vendor } from '../agents/providers/manifest.ts';
import { registry } from '../agents/providers/registry.ts';
import { SettingsError } from './file.ts';

/** Who works on this machine without a key; the last of them needs nothing but what is installed with Visavis. */
const EMBEDDED: Partial<Record<Kind, readonly string[]>> = {
  dialogue: ['rivescript'],
  speech: ['hibari', 'flite'],
  recognition: ['sherpa'],
  feelings: ['prosody'],
  endOfTurn: ['smartturn'],
};
/** One more than anybody waits for. */
const MOST_ENTRIES = 8;
/** Without these there is no conversation. */
const NEEDED: ReadonlySet<Kind> = new Set(['dialogue', 'speech', 'recognition']);

/** One vendor of a stage, its settings checked by its manifest. */
export interface StageEntry {
  /** The vendor's name. */
  use: string;
  /** Its name in metrics, prices and personas' voices; by default the vendor's. */
  as: string;
  /** Left out, without an error, where its keys are missing. */
  optional: boolean;
  /** Questions that it answers at once: more wait in a queue. Absent: as many as there are, or as its vendor says. */
  concurrency?: number;
  settings: object;
  /** The environment variables that it may know. */
  variables: readonly string[];
}

const Entry = z.looseObject({
  use: z.string(),
  as: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a short name in lower case')
    .optional(),
  optional: z.boolean().default(false),
  concurrency: z.number().int().min(1).max(1000).optional(),
});
type Raw = z.input<typeof Entry>;
type Report = (path: (string | number)[], message: string) => void;

/**
 * The schema of a stage. Where it is no list, it is the form with one `provider`, which is read as a list.
 * @param single that form's own schema: its `entries` are the list that it stands for
 */
export const stage = (kind: Kind, single: z.ZodType<readonly Raw[]>) =>
  z
    .unknown()
    .optional()
    .transform((given, context): StageEntry[] => {
      const report: Report = (path, message) => context.addIssue({ code: 'custom', path, message });
      if (Array.isArray(given)) {
        if (given.length > MOST_ENTRIES) report([], `at most ${MOST_ENTRIES}`);
        if (given.length === 0 && NEEDED.has(kind)) report([], 'names nobody: - use: embedded');
        const entries = given.flatMap((raw, i) =>
          entriesOf(kind, raw, (path, message) => report([i, ...path], message)),
        );
        const names = entries.map(entry => entry.as);
        for (const [i, name] of names.entries())
          if (names.indexOf(name) !== i) report([i, 'as'], `there is a ${name} before: give this one another name`);
        return entries;
      }
      const result = single.safeParse(given ?? {});
      if (!result.success) {
        for (const issue of result.error.issues) context.addIssue({ ...issue, input: issue.input } as never);
        return z.NEVER;
      }
      return result.data.flatMap(raw => entriesOf(kind, raw, report));
    });

function entriesOf(kind: Kind, raw: unknown, report: Report): StageEntry[] {
  const told = Entry.safeParse(raw);
  if (!told.success) {
    for (const { path, message } of told.error.issues) report(path as string[], message);
    return [];
  }
  const embedded = (told.data.use === 'embedded' && EMBEDDED[kind]) || [told.data.use];
  // A name of one's own is the last one's, which is always there.
  const { as, ...rest } = told.data;
  return embedded.flatMap((use, i) => {
    const last = i === embedded.length - 1;
    const own = last ? (as === undefined ? rest : { ...rest, as }) : { ...rest, optional: true };
    return entryOf(kind, { ...own, use }, report) ?? [];
  });
}

function entryOf(kind: Kind, told: z.output<typeof Entry>, report: Report): StageEntry | undefined {
  const { use, as, optional, concurrency, ...own } = told;
  const vendor = registry.get(use);
  const maker = vendor?.makes[kind];
  if (vendor === undefined || maker === undefined) {
    report(['use'], unknown(kind, use, vendor));
    return undefined;
  }
  if (concurrency !== undefined && kind !== 'dialogue') report(['concurrency'], `there is no queue before ${kind}`);
  const settings = maker.settings.safeParse(own);
  if (!settings.success) {
    for (const issue of settings.error.issues)
      for (const key of issue.code === 'unrecognized_keys' ? issue.keys : [undefined])
        report(
          [...(issue.path as (string | number)[]), ...(key === undefined ? [] : [key])],
          key === undefined ? issue.message : `${vendor.name} has no such setting`,
        );
    return undefined;
  }
  return {
    use: vendor.name,
    as: as ?? vendor.name,
    optional,
    ...(concurrency !== undefined && { concurrency }),
    settings: settings.data,
    variables: vendor.variables,
  };
}

function unknown(kind: Kind, use: string, vendor: Vendor | undefined): string {
  const names = registry.of(kind).map(each => each.vendor.name);
  const known = [...(kind in EMBEDDED ? ['embedded'] : []), ...names].join(', ');
  return vendor === undefined
    ? `there is no vendor ${use}; for ${kind} there are ${known}`
    : `${use} makes no ${kind}; these do: ${known}`;
}

/** What decides whether a vendor can be made: the environment, and the folder of models. */
export interface Means {
  env: NodeJS.ProcessEnv;
  models: string;
}

/**
 * The entries of a stage that can be made with these means. Throws {@link SettingsError} where one that is not optional
 * lacks something, and where none is left of a stage that is needed.
 * @param section where the stage stands in the settings, e.g. `agent.dialogue`
 */
export function usable(
  kind: Kind,
  entries: readonly StageEntry[],
  means: Means,
  section = `agent.${kind}`,
): StageEntry[] {
  const left = entries.filter(entry => {
    const problem = lackOf(kind, entry, means);
    if (problem !== undefined && !entry.optional)
      throw new SettingsError(`${section} asks for ${entry.use}: ${problem}`);
    return problem === undefined;
  });
  if (left.length === 0 && entries.length > 0 && NEEDED.has(kind))
    throw new SettingsError(`${section}: none of ${entries.map(({ use }) => use).join(', ')} has what it needs`);
  return left;
}

/**
 * Embedded vendors that are left out because what they need is not on this machine, with a sentence on what to do: those
 * behind them stand in. An endpoint whose key nobody set is no lack.
 */
export const standIns = (kind: Kind, entries: readonly StageEntry[], means: Means): { use: string; lack: string }[] =>
  entries.flatMap(entry => {
    const lack = EMBEDDED[kind]?.includes(entry.use) ? lackOf(kind, entry, means) : undefined;
    return lack === undefined ? [] : [{ use: entry.use, lack }];
  });

const lackOf = (kind: Kind, entry: StageEntry, { env, models }: Means): string | undefined =>
  registry.get(entry.use)!.makes[kind]!.missing?.(entry.settings, variablesOf(entry, env), models);

/** What an entry's vendor may know of the environment. */
export const variablesOf = ({ variables }: StageEntry, env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(variables.flatMap(name => (env[name] ? [[name, env[name]]] : [])));

/** Files that an entry's vendor reads. */
export const filesOf = (kind: Kind, { use, settings }: StageEntry): readonly string[] =>
  registry.get(use)!.makes[kind]!.files?.(settings) ?? [];

/** An entry as it would stand in a file. */
export const asWritten = ({ use, as, optional, concurrency, settings }: StageEntry): object => ({
  use,
  as,
  optional,
  ...(concurrency !== undefined && { concurrency }),
  ...settings,
});
