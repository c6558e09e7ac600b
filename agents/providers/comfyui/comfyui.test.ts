import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ComfyFault, ComfyServer } from '../../../test/vendors/comfyui.ts';
import { imageRequest } from '../../testing/images-conformance.ts';
import { ComfyUi } from './images.ts';
import comfyui from './index.ts';
import { filled, plainWorkflow, workflowProblem } from './workflow.ts';

const server = new ComfyServer();
beforeAll(() => server.open());
afterEach(() => {
  server.fault = undefined;
  server.running = [];
  expect(server.problems).toEqual([]);
});
afterAll(() => server.close());

const make = (workflow = plainWorkflow('sdxl.safetensors')) =>
  new ComfyUi({ baseUrl: server.baseUrl, token: 'secret', workflow, identity: 'plain' });

describe('ComfyUI', () => {
  it('is given the workflow with the wishes in their places, and its picture is fetched when it is done', async () => {
    const picture = await make().generate({ ...imageRequest(), prompt: 'a "librarian" with {seed} curls' });
    expect(server.picture.equals(picture)).toBe(true);
    const nodes = Object.values(server.prompts.at(-1)!);
    const of = (type: string) => nodes.filter(({ class_type }) => class_type === type).map(({ inputs }) => inputs);
    expect(of('CheckpointLoaderSimple')).toEqual([{ ckpt_name: 'sdxl.safetensors' }]);
    expect(of('CLIPTextEncode')[0]).toMatchObject({ text: 'a "librarian" with {seed} curls' });
    expect(of('KSampler')[0]).toMatchObject({ seed: 42, steps: 25 });
    expect(of('EmptyLatentImage')[0]).toMatchObject({ width: 1024, height: 1024 });
  });

  it.each<[ComfyFault, string, boolean]>([
    ['no model', 'model', false],
    ['fails', 'internal', true],
    ['no picture', 'internal', true],
    ['down', 'network', true],
    ['page', 'internal', true],
    ['busy', 'quota', true],
    ['auth', 'auth', false],
  ])('tells what went wrong: %s', async (fault, category, retryable) => {
    server.fault = fault;
    await expect(make().generate(imageRequest())).rejects.toMatchObject({ name: 'ProviderError', category, retryable });
  });

  it('[T6] is told when nobody waits any more: the job is taken back, and others’ jobs go on', async () => {
    server.fault = 'never';
    server.running = ['somebody else’s'];
    const stop = new AbortController();
    const before = server.prompts.length;
    const made = make().generate(imageRequest(stop.signal));
    await expect.poll(() => server.prompts.length).toBe(before + 1);
    const [id] = server.waiting;
    stop.abort(new Error('called off'));
    await expect(made).rejects.toThrow('called off');
    await expect.poll(() => server.interrupted).toContain(id);
    expect(server.deleted).toContain(id);
    expect(server.interrupted).not.toContain('somebody else’s');
  });
});

describe('a workflow', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-workflow-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const file = (content: unknown) => {
    const where = path.join(folder, 'workflow.json');
    fs.writeFileSync(where, typeof content === 'string' ? content : JSON.stringify(content));
    return where;
  };

  it('has its places filled, wherever they are; numbers are numbers where they stand alone', () => {
    const workflow = {
      a: {
        class_type: 'Any',
        inputs: {
          list: ['{size}', { deep: 'seed {seed}, {unknown}' }],
          text: '{prompt} ({avoid})',
          on: true,
          of: ['b', 0],
        },
        _meta: { title: '{prompt}' },
      },
    };
    expect(filled(workflow, { prompt: '$& {steps}', avoid: 'hats', seed: 7, steps: 9, size: 512 })).toEqual({
      a: {
        class_type: 'Any',
        inputs: { list: [512, { deep: 'seed 7, {unknown}' }], text: '$& {steps} (hats)', on: true, of: ['b', 0] },
        _meta: { title: '{prompt}' },
      },
    });
  });

  it('is looked at before anybody waits for it', () => {
    expect(workflowProblem(file(plainWorkflow('x')))).toBeUndefined();
    expect(workflowProblem(path.join(folder, 'none.json'))).toMatch(/no workflow at/);
    expect(workflowProblem(file('{'))).toMatch(/no JSON/);
    expect(workflowProblem(file({ nodes: [], links: [] }))).toMatch(/Export \(API\)/);
    expect(workflowProblem(file({}))).toMatch(/Export \(API\)/);
    expect(workflowProblem(file({ a: { class_type: 'X', inputs: {} } }))).toMatch(/write \{prompt\}/);
  });

  it('is named in the settings, or a checkpoint instead', async () => {
    const maker = comfyui.makes.images!;
    const missing = (settings: object) => maker.missing?.(maker.settings.parse(settings), {}, '');
    expect(missing({})).toMatch(/workflow/);
    expect(missing({ model: 'sdxl.safetensors' })).toBeUndefined();
    const where = file(plainWorkflow('x'));
    expect(missing({ workflow: where })).toBeUndefined();
    const settings = maker.settings.parse({ workflow: where, baseUrl: server.baseUrl });
    expect(maker.files?.(settings)).toEqual([where]);
    const made = await maker.make(settings, { variables: { COMFYUI_TOKEN: 'secret' } });
    expect(server.picture.equals(await made.generate(imageRequest()))).toBe(true);
  });
});
