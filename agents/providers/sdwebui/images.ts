import { AVOIDED } from '../../images/avoided.ts';
import { pictureOf, postJson } from '../../images/http.ts';
import type { ImageGenerator, ImageRequest } from '../../images/port.ts';

export interface SdWebUiConfig {
  /** e.g. http://127.0.0.1:7860 */
  baseUrl: string;
  /** `user:password`, as the server's `--api-auth`. */
  auth?: string;
  /** Checkpoint; absent: the one that is loaded. */
  model?: string;
}

/** The API of AUTOMATIC1111's Stable Diffusion web UI, and of its descendants. */
export class SdWebUi implements ImageGenerator {
  readonly name: string;
  readonly #config: SdWebUiConfig;

  constructor(config: SdWebUiConfig) {
    this.name = `sdwebui ${config.baseUrl} ${config.model ?? ''}`;
    this.#config = config;
  }

  async generate({ prompt, seed, steps, size, signal }: ImageRequest): Promise<Uint8Array> {
    const { baseUrl, auth, model } = this.#config;
    const answer = await postJson(
      `${baseUrl.replace(/(?<!\/)\/+$/, '')}/sdapi/v1/txt2img`,
      {
        prompt,
        negative_prompt: AVOIDED,
        seed,
        steps,
        width: size,
        height: size,
        batch_size: 1,
        n_iter: 1,
        ...(model !== undefined && { override_settings: { sd_model_checkpoint: model } }),
      },
      {
        headers: auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` },
        signal,
      },
    );
    return pictureOf((answer as { images?: unknown[] } | null)?.images?.[0]);
  }
}
