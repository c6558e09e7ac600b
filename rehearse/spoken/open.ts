import type { OpenCall } from '../call/port.ts';
import { startProduct } from './product.ts';
import { SpokenCall } from './spoken-call.ts';
import { CallerVoices } from './voices.ts';

/** Whatever spoken calls are held with. */
export interface Spoken {
  open: OpenCall;
  close(): Promise<void>;
}

export interface SpokenOptions {
  /** A product that runs; absent: one is started. */
  server?: string;
  /** The folder of the models. */
  models: string;
  /** Who may answer. */
  personas: readonly { id: string; name: string }[];
}

/** Makes ready what spoken calls need. Throws an OperatorError. */
export async function openSpoken({ server, models, personas }: SpokenOptions, signal: AbortSignal): Promise<Spoken> {
  const product = server === undefined ? await startProduct(signal) : undefined;
  const voices = new CallerVoices(models);
  const deps = { url: server ?? product!.url, voices, personas };
  return {
    open: options => SpokenCall.open(deps, options),
    close: async () => {
      await Promise.all([voices.close(), product?.close()]);
    },
  };
}
