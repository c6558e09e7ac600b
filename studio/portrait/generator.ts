import type { ImageGenerator } from '../../agents/images/port.ts';
import type { ImageAsking, Makers } from '../../agents/providers/manifest.ts';
import { registry } from '../../agents/providers/registry.ts';
import { type StageEntry, usable, variablesOf } from '../../settings/stages.ts';

/** A generator, and how it is asked. */
export interface Drawing extends ImageAsking {
  generator: ImageGenerator;
}

/** The image generators that the settings ask for, the first to be asked first. Throws SettingsError. */
export const makeGenerators = (entries: readonly StageEntry[], env: NodeJS.ProcessEnv): Promise<Drawing[]> =>
  Promise.all(
    // None of them needs a model on this machine.
    usable('images', entries, { env, models: '' }).map(async entry => {
      const maker = registry.get(entry.use)!.makes.images as Makers['images'];
      // Every image vendor's settings have these.
      const asking = entry.settings as ImageAsking;
      return { ...asking, generator: await maker.make(entry.settings, { variables: variablesOf(entry, env) }) };
    }),
  );
