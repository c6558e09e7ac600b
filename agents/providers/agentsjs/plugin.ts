/**
 * Plugins of LiveKit's agents-js as a source of voices, recognizers and models: the long tail of vendors that have no
 * folder of their own here. The packages are the operator's to install; only what is used of them is written down here.
 * @see https://github.com/livekit/agents-js
 */
import { ProviderError } from '../../base/errors.ts';

/** How often, and how long, a plugin tries by itself: once, as others stand behind it. */
export interface Connecting {
  maxRetry: number;
  retryIntervalMs: number;
  timeoutMs: number;
}

/** 16-bit samples, interleaved. */
export interface Frame {
  data: Int16Array;
  sampleRate: number;
  channels: number;
}

interface Noisy {
  on(event: 'error', listener: () => void): void;
}
export interface PluginVoice extends Noisy {
  readonly sampleRate: number;
  synthesize(text: string, connecting: Connecting, signal: AbortSignal): AsyncIterable<{ frame: Frame }>;
  close(): Promise<void>;
}
export interface Heard {
  type: number;
  alternatives?: readonly { text: string }[];
}
export interface PluginEars extends Noisy {
  recognize(frame: Frame, signal: AbortSignal): Promise<Heard>;
  stream(options: { connOptions: Connecting }): AsyncIterable<Heard> & {
    pushFrame(frame: Frame): void;
    endInput(): void;
    close(): void;
  };
  close(): Promise<void>;
}
export interface PluginContext {
  addMessage(message: { role: 'system' | 'user' | 'assistant'; content: string }): void;
}
export interface PluginModel extends Noisy {
  chat(asked: { chatCtx: PluginContext; connOptions: Connecting }): AsyncIterable<{
    delta?: { content?: string };
    usage?: { promptTokens: number; completionTokens: number };
  }> & { close(): void };
  aclose(): Promise<void>;
}

type Options = Record<string, unknown>;
/** What a plugin may export. */
interface Exports {
  TTS?: new (options: Options) => PluginVoice;
  STT?: new (options: Options) => PluginEars;
  LLM?: new (options: Options) => PluginModel;
}

export interface Plugin {
  exports: Exports;
  newContext(): PluginContext;
  newFrame(pcm: Int16Array, sampleRate: number): Frame;
}

/** Loads packages by their names. */
export type Load = (name: string) => Promise<unknown>;

/** @throws ProviderError with the line that installs what is missing */
export async function loadPlugin(name: string, load: Load = each => import(each)): Promise<Plugin> {
  try {
    const agents = (await load('@livekit/agents')) as {
      initializeLogger(options: { pretty: boolean; level: string }): void;
      llm: { ChatContext: { empty(): PluginContext } };
    };
    const rtc = (await load('@livekit/rtc-node')) as {
      AudioFrame: new (data: Int16Array, sampleRate: number, channels: number, samples: number) => Frame;
    };
    // It would write what people say into its log [P1].
    agents.initializeLogger({ pretty: false, level: 'silent' });
    const exports = (await load(name)) as Exports;
    return {
      exports,
      newContext: () => agents.llm.ChatContext.empty(),
      newFrame: (pcm, rate) => new rtc.AudioFrame(pcm, rate, 1, pcm.length),
    };
  } catch (error) {
    throw new ProviderError(
      'internal',
      `${name} cannot be loaded: npm install --no-save @livekit/agents @livekit/rtc-node@0.13.34 ${name}`,
      { retryable: false, cause: error },
    );
  }
}

/** Makes one of its parts. @throws ProviderError where the plugin has none, or does not want these options */
export function made<K extends keyof Exports>(
  { exports }: Plugin,
  name: string,
  kind: K,
  options: Options,
): InstanceType<NonNullable<Exports[K]>> {
  const Part = exports[kind] as (new (options: Options) => InstanceType<NonNullable<Exports[K]>>) | undefined;
  if (Part === undefined) throw new ProviderError('bad-input', `${name} has no ${kind}`, { retryable: false });
  try {
    const part = new Part(options);
    // One that nobody listens to would end the process.
    part.on('error', () => {});
    return part;
  } catch (error) {
    throw new ProviderError('auth', `${name}: ${(error as Error).message}`, { retryable: false, cause: error });
  }
}

/** What a plugin threw; its message may repeat what was said, and is left out. */
export function ofPlugin(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  const { name, statusCode } = error as { name?: string; statusCode?: unknown };
  const status = typeof statusCode === 'number' && statusCode > 0 ? statusCode : undefined;
  const message = `the plugin failed: ${name ?? 'unknown'}${status === undefined ? '' : ` ${status}`}`;
  const as = (category: ProviderError['category'], retryable: boolean) =>
    new ProviderError(category, message, { retryable, cause: error });
  if (status === 401 || status === 403) return as('auth', false);
  if (status === 402) return as('quota', false);
  if (status === 429) return as('quota', true);
  if (status === 404) return as('model', false);
  if (status !== undefined && status < 500) return as('bad-input', false);
  return as('network', true);
}

/** Asks once, and waits so long. */
export const connecting = (timeoutMs: number): Connecting => ({ maxRetry: 0, retryIntervalMs: 0, timeoutMs });
