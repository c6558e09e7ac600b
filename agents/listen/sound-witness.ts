import type { Clock } from '../base/clock.ts';
import type { EndOfTurn } from './ports.ts';

/** The model may take so much longer than the words; then it is judged without it. */
const GRACE_MS = 60;

/** Asks the end-of-turn model while the words are read. Undefined, where there is none. */
export function soundOf(
  model: EndOfTurn | undefined,
  pcm: Int16Array,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): { afterWords(): Promise<number | undefined> } | undefined {
  if (model === undefined) return undefined;
  // A model that fails is one witness less; its vendor has told why.
  const asked = model.done(pcm, { signal }).catch(() => undefined);
  return {
    /** Its answer, if it comes soon enough. */
    afterWords: () =>
      new Promise(resolve => {
        const cancel = clock.after(GRACE_MS, () => resolve(undefined));
        void asked.then(answer => {
          cancel();
          resolve(answer);
        });
      }),
  };
}
