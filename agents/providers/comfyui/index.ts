import { z } from 'zod';
import { ImageAskingSettings } from '../../images/asking.ts';
import type { Vendor } from '../manifest.ts';
import { workflowProblem } from './workflow.ts';

const LOCAL = 'http://127.0.0.1:8188';

const Settings = z.strictObject({
  baseUrl: z.url().optional(),
  /** A workflow's file, in API format, with {prompt} and, where it likes, {avoid}, {seed}, {steps} and {size}. */
  workflow: z.string().min(1).optional(),
  /** Instead of a workflow: a checkpoint, with the simplest of workflows. */
  model: z.string().min(1).optional(),
  ...ImageAskingSettings,
});
type Settings = z.output<typeof Settings>;

/** ComfyUI, with a workflow of one's own. */
const comfyui: Vendor = {
  name: 'comfyui',
  variables: ['COMFYUI_BASE_URL', 'COMFYUI_TOKEN'],
  makes: {
    images: {
      settings: Settings,
      capabilities: () => ({ seeds: true }),
      missing({ workflow, model }: Settings) {
        if (workflow === undefined)
          return model === undefined ? 'name a `workflow`, or a checkpoint as `model`' : undefined;
        return workflowProblem(workflow);
      },
      model: ({ model, workflow }: Settings) => model ?? workflow ?? 'comfyui',
      files: ({ workflow }: Settings) => (workflow === undefined ? [] : [workflow]),
      async make({ baseUrl, workflow, model = '' }: Settings, { variables: { COMFYUI_BASE_URL, COMFYUI_TOKEN } }) {
        const { ComfyUi } = await import('./images.ts');
        const { plainWorkflow, readWorkflow } = await import('./workflow.ts');
        const graph = workflow === undefined ? plainWorkflow(model) : readWorkflow(workflow);
        return new ComfyUi({
          baseUrl: baseUrl ?? (COMFYUI_BASE_URL || LOCAL),
          token: COMFYUI_TOKEN,
          workflow: graph,
          identity: JSON.stringify(graph),
        });
      },
    },
  },
};
export default comfyui;
