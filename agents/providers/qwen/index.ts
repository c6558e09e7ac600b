import { z } from 'zod';
import type { Variables, Vendor } from '../manifest.ts';

const DASHSCOPE = {
  realtime: 'https://dashscope.aliyuncs.com/api-ws/v1',
  chat: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
};
const MODELS = { realtime: 'qwen3.8-omni-flash-realtime', chat: 'qwen3.8-omni-flash' };

const DuplexSettings = z.strictObject({
  /** Up to and with `/v1`; absent: DashScope's. */
  baseUrl: z.url().optional(),
  /** `chat`: whole questions, in sound, over HTTP; it is what vLLM-Omni serves, too. */
  api: z.enum(['realtime', 'chat']).default('realtime'),
  /** By default that of the interface. */
  model: z.string().min(1).optional(),
  /** Of personas that name none of its voices. */
  voice: z.string().min(1).default('Cherry'),
  maxTokens: z.number().int().min(64).max(4096).default(1024),
  /** A session is replaced before it is so old. */
  sessionMinutes: z.number().min(1).max(1440).default(25),
  connectTimeoutMs: z.number().int().min(100).default(5000),
  /** So long without a sign of life while it answers, and the next responder takes over. */
  silenceTimeoutMs: z.number().int().min(100).default(4000),
});
type DuplexSettings = z.output<typeof DuplexSettings>;

const modelOf = ({ api, model = MODELS[api] }: DuplexSettings) => model;

/** Qwen-Omni: models that hear and speak, at Alibaba's DashScope or on a server of one's own. */
const qwen: Vendor = {
  name: 'qwen',
  variables: ['DASHSCOPE_API_KEY'],
  makes: {
    duplex: {
      settings: DuplexSettings,
      capabilities: ({ api }: DuplexSettings) => ({
        ears: true,
        speculates: true,
        cuts: api === 'chat' ? 'exact' : 'none',
      }),
      missing: ({ baseUrl }: DuplexSettings, { DASHSCOPE_API_KEY }: Variables) =>
        DASHSCOPE_API_KEY || baseUrl
          ? undefined
          : 'set DASHSCOPE_API_KEY, or baseUrl for a server of your own without keys',
      model: modelOf,
      async make(settings: DuplexSettings, { variables: { DASHSCOPE_API_KEY }, clock, toolbox, used }) {
        const host = { clock, toolbox, used };
        const { api, baseUrl = DASHSCOPE[api] } = settings;
        const all = {
          ...settings,
          vendor: 'qwen',
          model: modelOf(settings),
          baseUrl,
          ...(DASHSCOPE_API_KEY && { apiKey: DASHSCOPE_API_KEY }),
        };
        if (api === 'realtime') {
          const { realtimeDuplex } = await import('../openai/realtime/duplex.ts');
          return realtimeDuplex({ ...all, dialect: 'dashscope', auth: 'bearer' }, host);
        }
        const { chatSoundDuplex } = await import('../openai/sound-duplex.ts');
        // DashScope wants what is heard as an address of data; servers of one's own take both, or bare base64 only.
        const audioAs = settings.baseUrl === undefined ? 'data-url' : 'base64';
        return chatSoundDuplex({ ...all, format: 'wav', audioAs }, host);
      },
    },
  },
};
export default qwen;
