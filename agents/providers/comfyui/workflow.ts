/** Workflows of ComfyUI in its API format: nodes by their ids, with places for what a picture is asked for. */
import fs from 'node:fs';
import { z } from 'zod';

export const Workflow = z.record(
  z.string(),
  z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
);
export type Workflow = z.output<typeof Workflow>;

/** What stands in a place: `{prompt}` in a text, `{seed}` alone as a number. */
export interface Wishes {
  prompt: string;
  avoid: string;
  seed: number;
  steps: number;
  /** Width and height, pixels. */
  size: number;
}

const PLACE = /\{(prompt|avoid|seed|steps|size)\}/g;
const ALONE = /^\{(seed|steps|size)\}$/;

/** The workflow with wishes in its places. Whatever they say, they are values, and nothing else of it changes. */
export function filled(workflow: Workflow, wishes: Wishes): Workflow {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const alone = ALONE.exec(value)?.[1] as 'seed' | 'steps' | 'size' | undefined;
      return alone === undefined
        ? value.replaceAll(PLACE, (_, name: keyof Wishes) => String(wishes[name]))
        : wishes[alone];
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]));
  };
  return Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => [
      id,
      { ...node, inputs: fill(node.inputs) as Record<string, unknown> },
    ]),
  );
}

/** What is wrong with a workflow's file; undefined: nothing. */
export function workflowProblem(file: string): string | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return `there is no workflow at ${file}`;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return `${file} is no JSON`;
  }
  if (!Workflow.safeParse(json).success || Object.keys(json as object).length === 0)
    return `${file} is no workflow in API format: in ComfyUI choose Workflow → Export (API)`;
  if (!text.includes('{prompt}')) return `${file} has no place for the words: write {prompt} where they belong`;
  return undefined;
}

export const readWorkflow = (file: string): Workflow => Workflow.parse(JSON.parse(fs.readFileSync(file, 'utf8')));

/** What a checkpoint needs to draw; for those that need more there are workflows of one's own. */
export const plainWorkflow = (checkpoint: string): Workflow => ({
  '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: checkpoint } },
  '2': { class_type: 'CLIPTextEncode', inputs: { text: '{prompt}', clip: ['1', 1] } },
  '3': { class_type: 'CLIPTextEncode', inputs: { text: '{avoid}', clip: ['1', 1] } },
  '4': { class_type: 'EmptyLatentImage', inputs: { width: '{size}', height: '{size}', batch_size: 1 } },
  '5': {
    class_type: 'KSampler',
    inputs: {
      model: ['1', 0],
      positive: ['2', 0],
      negative: ['3', 0],
      latent_image: ['4', 0],
      seed: '{seed}',
      steps: '{steps}',
      cfg: 7,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
    },
  },
  '6': { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
  '7': { class_type: 'PreviewImage', inputs: { images: ['6', 0] } },
});
