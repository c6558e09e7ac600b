import { OperatorError } from '../../telemetry/operator-error.ts';
import type { OpenCall } from '../call/port.ts';
import { startProduct } from './product.ts';
import { SpokenCall } from './spoken-call.ts';
import { CallerVoices } from './voices.ts';

const REACH_MS = 5000;

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
  if (server !== undefined) await reach(server, signal);
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

/** Throws an OperatorError where no product answers, or none that could hold a call. */
async function reach(server: string, signal: AbortSignal): Promise<void> {
  const health = await fetch(`${server}/health`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(REACH_MS)]),
  }).catch(() => undefined);
  signal.throwIfAborted();
  if (health?.ok !== true)
    throw new OperatorError(
      `--server: no product that is ready answers at ${server}${health ? ` (${health.status})` : ''}`,
    );
}
