import { z } from 'zod';
import type { ProviderHost, Vendor } from '../manifest.ts';

/** Dialogue and notes are one: what it learned is what it answers with. */
async function shared({ shared }: ProviderHost) {
  const { RiveScriptDialogue } = await import('./dialogue.ts');
  return shared('brain', () => new RiveScriptDialogue());
}

const Settings = z.strictObject({
  /** Where a model stands in front of it, greetings, thanks, sums, dates and the time are its own all the same. */
  first: z.boolean().default(true),
});
type Settings = z.output<typeof Settings>;

/** RiveScript: answers from a persona's script, on this machine, without a model. */
const rivescript: Vendor = {
  name: 'rivescript',
  variables: [],
  makes: {
    dialogue: {
      settings: Settings,
      capabilities: ({ first }: Settings) => ({ pictures: false, tools: false, scripted: true, first }),
      model: () => 'persona',
      make: (_settings, host) => shared(host),
    },
    notes: {
      settings: Settings,
      capabilities: () => ({}),
      model: () => 'persona',
      make: (_settings, host) => shared(host),
    },
  },
};
export default rivescript;
