import { type AgentConfig, AgentConfigError, type ImageEnvironment } from '../../agents/config.ts';
import { OpenAiImages } from './openai.ts';
import type { ImageGenerator } from './port.ts';
import { SdWebUi } from './sdwebui.ts';

const LOCAL_SDWEBUI = 'http://127.0.0.1:7860';

/** The image generator that the settings ask for; undefined for `none`. Throws AgentConfigError. */
export function createImageGenerator(
  { provider, baseUrl, model }: AgentConfig['images'],
  { openai, sdwebui }: ImageEnvironment,
): ImageGenerator | undefined {
  switch (provider) {
    case 'none':
      return undefined;
    case 'openai': {
      const url = baseUrl ?? openai?.baseUrl;
      if (openai === undefined && url === undefined)
        throw new AgentConfigError(
          'agent.images.provider is openai: set OPENAI_API_KEY, or agent.images.baseUrl for an endpoint without keys',
        );
      return new OpenAiImages({
        apiKey: openai?.apiKey ?? 'none',
        ...(url !== undefined && { baseUrl: url }),
        model: model ?? 'gpt-image-1',
      });
    }
    case 'sdwebui':
      return new SdWebUi({
        baseUrl: baseUrl ?? sdwebui.baseUrl ?? LOCAL_SDWEBUI,
        ...(sdwebui.auth !== undefined && { auth: sdwebui.auth }),
        ...(model !== undefined && { model }),
      });
  }
}
