import { pictureOf, postJson } from '../../images/http.ts';
import type { ImageGenerator, ImageRequest } from '../../images/port.ts';
import type { EndpointConfig } from './client.ts';

const OPENAI = 'https://api.openai.com/v1';

export interface OpenAiImagesConfig extends EndpointConfig {
  model: string;
}

/** Any OpenAI-compatible images endpoint. OpenAI itself knows no seed and no steps, and refuses what it does not know. */
export class OpenAiImages implements ImageGenerator {
  readonly name: string;
  readonly #config: OpenAiImagesConfig;

  constructor(config: OpenAiImagesConfig) {
    this.name = `openai ${config.baseUrl ?? OPENAI} ${config.model}`;
    this.#config = config;
  }

  async generate({ prompt, seed, steps, size, signal }: ImageRequest): Promise<Uint8Array> {
    const { apiKey = 'none', baseUrl = OPENAI, model } = this.#config;
    const answer = await postJson(
      `${baseUrl.replace(/(?<!\/)\/+$/, '')}/images/generations`,
      {
        model,
        prompt,
        n: 1,
        size: `${size}x${size}`,
        // Its newer models always answer so, and do not know the word.
        ...(!model.startsWith('gpt-image') && { response_format: 'b64_json' }),
        ...(baseUrl !== OPENAI && { seed, steps }),
      },
      { headers: { authorization: `Bearer ${apiKey}` }, signal },
    );
    return pictureOf((answer as { data?: { b64_json?: unknown }[] } | null)?.data?.[0]?.b64_json);
  }
}
