import { z } from 'zod';
import type { Vendor } from '../manifest.ts';
import { fileOf, missingModel } from './files.ts';

const DialogueSettings = z.strictObject({
  /** Of the catalogue (`npm run models -- list`), or the path of any GGUF file. */
  model: z.string().min(1).default('qwen3-1.7b'),
  /** What it sees at once: instructions, what is known, and the newest of the conversation. */
  contextTokens: z.number().int().min(512).max(131_072).default(2048),
  maxTokens: z.number().int().min(16).max(2000).default(160),
  temperature: z.number().min(0).max(2).default(0.7),
  /** Conversations that are kept in its memory; others take the place of the one that was quiet longest. */
  conversations: z.number().int().min(1).max(64).default(4),
  /** 0: one for each core but one, 8 at most. */
  threads: z.number().int().min(0).max(256).default(0),
  gpu: z.boolean().default(false),
  /** It begins each answer with how it is said, which costs a token or two before the first word. */
  feelings: z.boolean().default(false),
  /** Where its first word takes longer, the next entry answers. */
  firstWordTimeoutMs: z.number().int().min(200).max(60_000).default(4000),
});
type DialogueSettings = z.output<typeof DialogueSettings>;

/** A language model on this machine: any GGUF file, through llama.cpp. */
const llama: Vendor = {
  name: 'llama',
  variables: [],
  makes: {
    dialogue: {
      settings: DialogueSettings,
      capabilities: ({ conversations }: DialogueSettings) => ({
        pictures: false,
        tools: true,
        scripted: false,
        concurrency: conversations,
      }),
      missing: ({ model }: DialogueSettings, _variables, models) => missingModel(model, models),
      model: ({ model }: DialogueSettings) => model,
      identity: ({ model, maxTokens, temperature, feelings }: DialogueSettings) =>
        `llama ${model} ${maxTokens} ${temperature} ${feelings}`,
      async make(
        { model, ...settings }: DialogueSettings,
        { models, used, lost, loaded, child, queue, clock, toolbox },
      ) {
        const { LlamaDialogue } = await import('./dialogue.ts');
        const { LocalModel } = await import('./local-model.ts');
        const local = new LocalModel(
          { file: fileOf(model, models), ...settings },
          { clock, loaded, lost: reason => lost('language-model', reason) },
        );
        child('language-model', () => local.pids);
        queue('language-model', () => local.waiting);
        return new LlamaDialogue(local, settings, { used, toolbox });
      },
    },
  },
};
export default llama;
