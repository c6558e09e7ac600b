import { z } from 'zod';
import { ImageAskingSettings } from '../../images/asking.ts';
import type { Vendor } from '../manifest.ts';

const LOCAL = 'http://127.0.0.1:7860';

const Settings = z.strictObject({
  baseUrl: z.url().optional(),
  /** A checkpoint; absent: the one that is loaded. */
  model: z.string().min(1).optional(),
  ...ImageAskingSettings,
});
type Settings = z.output<typeof Settings>;

/** AUTOMATIC1111's Stable Diffusion web UI and its descendants. */
const sdwebui: Vendor = {
  name: 'sdwebui',
  variables: ['SDWEBUI_BASE_URL', 'SDWEBUI_AUTH'],
  makes: {
    images: {
      settings: Settings,
      capabilities: () => ({ seeds: true }),
      model: ({ model }: Settings) => model ?? 'sdwebui',
      async make({ baseUrl, ...settings }: Settings, { variables: { SDWEBUI_BASE_URL, SDWEBUI_AUTH } }) {
        const { SdWebUi } = await import('./images.ts');
        return new SdWebUi({
          ...settings,
          baseUrl: baseUrl ?? (SDWEBUI_BASE_URL || LOCAL),
          ...(SDWEBUI_AUTH && { auth: SDWEBUI_AUTH }),
        });
      },
    },
  },
};
export default sdwebui;
