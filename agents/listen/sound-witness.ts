import type { Clock } from '../base/clock.ts';
import { soundOdds } from './endpoint/estimate.ts';
import type { EndOfTurn } from './ports.ts';

/** The model may take so much longer than the words; then it is judged without it. */
const GRACE_MS = 60;
/** Where it is asked after them. */
const LATE_GRACE_MS = 160;

/**
 * Asks the end-of-turn model while the words are read; one that is busy only after them, where they leave doubt.
 * Undefined, where there is none.
 */
export function soundOf(
  model: EndOfTurn | undefined,
  pcm: Int16Array,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): { early: Promise<number | undefined> | undefined; afterWords(): Promise<number | undefined> } | undefined {
  if (model === undefined) return undefined;
  // A model that fails is one witness less; its vendor has told why.
  const ask = () => model.done(pcm, { signal }).catch(() => undefined);
  const early = model.busy === true ? undefined : ask();
  return {
    /** Where it was asked at once. */
    early,
    /** Its answer, if it comes soon enough. */
    afterWords: () =>
      new Promise(resolve => {
        const cancel = clock.after(early === undefined ? LATE_GRACE_MS : GRACE_MS, () => resolve(undefined));
        void (early ?? ask()).then(answer => {
          cancel();
          resolve(answer);
        });
      }),
  };
}

/** What two who hear the same sound say of it together: neither is believed more. Undefined: says nothing. */
export function together(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return 1 / (1 + Math.exp(-(soundOdds(one) + soundOdds(other)) / 2));
}
