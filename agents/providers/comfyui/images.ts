import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { systemClock } from '../../base/clock.ts';
import { ProviderError, saysNoModel } from '../../base/errors.ts';
import { pause } from '../../base/held-fetch.ts';
import { AVOIDED } from '../../images/avoided.ts';
import { getBytes, getJson, postJson, unusable } from '../../images/http.ts';
import type { ImageGenerator, ImageRequest } from '../../images/port.ts';
import { filled, type Workflow } from './workflow.ts';

/** Between two looks at whether it is done. */
const LOOK_EVERY_MS = 500;
/** To take a job back; nobody waits for it. */
const TAKE_BACK_MS = 5000;
/** It cannot be told apart otherwise whether what a job lacks is a model. */
const NO_MODEL = /value_not_in_list|not in list/i;

const Queued = z.object({ prompt_id: z.string().min(1).max(200) });
const Picture = z.object({
  filename: z.string(),
  subfolder: z.string().default(''),
  type: z.string().default('output'),
});
const Done = z.object({
  outputs: z.record(z.string(), z.looseObject({ images: z.array(Picture).optional() })).default({}),
  status: z.looseObject({ status_str: z.string().optional(), completed: z.boolean().optional() }).optional(),
});
/** A job is `[number, prompt_id, …]`. */
const Queue = z.object({ queue_running: z.array(z.array(z.unknown())) });

export interface ComfyUiConfig {
  /** e.g. http://127.0.0.1:8188 */
  baseUrl: string;
  /** Of what stands before it: it has no keys of its own. */
  token?: string | undefined;
  workflow: Workflow;
  /** What tells the workflow from others: pictures are kept under it. */
  identity: string;
}

/** ComfyUI: a workflow is queued, waited for, and its picture fetched; what nobody waits for any more is taken back. */
export class ComfyUi implements ImageGenerator {
  readonly name: string;
  readonly #config: ComfyUiConfig;
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;

  constructor(config: ComfyUiConfig) {
    this.name = `comfyui ${config.baseUrl} ${config.identity}`;
    this.#config = config;
    this.#baseUrl = config.baseUrl.replace(/(?<!\/)\/+$/, '');
    this.#headers = config.token === undefined ? {} : { authorization: `Bearer ${config.token}` };
  }

  async generate({ signal, ...wishes }: ImageRequest): Promise<Uint8Array> {
    signal.throwIfAborted();
    const prompt = filled(this.#config.workflow, { ...wishes, avoid: AVOIDED });
    const id = await this.#queue(prompt, signal);
    let done: z.output<typeof Done> | undefined;
    try {
      while (done === undefined) {
        done = await this.#look(id, signal);
        if (done === undefined) await pause(LOOK_EVERY_MS, systemClock, signal);
      }
    } catch (error) {
      void this.#takeBack(id);
      throw error;
    }
    if (done.status?.status_str === 'error')
      throw new ProviderError('internal', 'the workflow failed in ComfyUI: its log says where', { retryable: true });
    const [picture] = Object.values(done.outputs).flatMap(({ images = [] }) => images);
    if (picture === undefined) throw unusable();
    const bytes = await getBytes(`${this.#baseUrl}/view?${new URLSearchParams(picture)}`, this.#asked(signal));
    if (bytes.length === 0) throw unusable();
    return bytes;
  }

  async #queue(prompt: Workflow, signal: AbortSignal): Promise<string> {
    const means = (status: number, text: string) =>
      status === 400 && (NO_MODEL.test(text) || saysNoModel(text)) ? ('model' as const) : undefined;
    const answer = await postJson(
      `${this.#baseUrl}/prompt`,
      { prompt, client_id: randomUUID() },
      { ...this.#asked(signal), means },
    );
    const queued = Queued.safeParse(answer);
    if (!queued.success) throw unusable(queued.error);
    return queued.data.prompt_id;
  }

  /** Undefined while it is not done. */
  async #look(id: string, signal: AbortSignal): Promise<z.output<typeof Done> | undefined> {
    const answer = await getJson(`${this.#baseUrl}/history/${encodeURIComponent(id)}`, this.#asked(signal));
    const all = z.record(z.string(), z.unknown()).safeParse(answer);
    if (!all.success) throw unusable(all.error);
    if (!Object.hasOwn(all.data, id)) return undefined;
    const done = Done.safeParse(all.data[id]);
    if (!done.success) throw unusable(done.error);
    return done.data;
  }

  /** Others’ jobs go on: what is running is interrupted only where it is this one, for older servers know but one way to stop. */
  async #takeBack(id: string): Promise<void> {
    const asked = this.#asked(AbortSignal.timeout(TAKE_BACK_MS));
    try {
      await postJson(`${this.#baseUrl}/queue`, { delete: [id] }, { ...asked, empty: true });
      const { queue_running } = Queue.parse(await getJson(`${this.#baseUrl}/queue`, asked));
      if (queue_running.some(([, running]) => running === id))
        await postJson(`${this.#baseUrl}/interrupt`, { prompt_id: id }, { ...asked, empty: true });
    } catch {
      // It draws a picture that nobody fetches, then.
    }
  }

  #asked(signal: AbortSignal) {
    return { headers: this.#headers, signal };
  }
}
