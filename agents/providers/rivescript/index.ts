import { z } from 'zod';
import type { ProviderHost, Vendor } from '../manifest.ts';

/** Dialogue and notes are one: what it learned is what it answers with. */
async function shared({ shared }: ProviderHost) {
  const { RiveScriptDialogue } = await import('./dialogue.ts');
  return shared('brain', () => new RiveScriptDialogue());
}

/** RiveScript: answers from a persona's script, on this machine, without a model. */
const rivescript: Vendor = {
  name: 'rivescript',
  variables: [],
  makes: {
    dialogue: {
      settings: z.strictObject({}),
      capabilities: () => ({ pictures: false, tools: false, scripted: true }),
      model: () => 'persona',
      make: (_settings, host) => shared(host),
    },
    notes: {
      settings: z.strictObject({}),
      capabilities: () => ({}),
      model: () => 'persona',
      make: (_settings, host) => shared(host),
    },
  },
};
export default rivescript;
