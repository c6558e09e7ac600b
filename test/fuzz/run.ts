import * as fc from 'fast-check';

/** How long and how much one attack goes on, and from which seed. */
export interface Budget {
  seed: number;
  /** Runs at most; each sends several messages. */
  runs: number;
  /** No further run is begun after that. */
  forMs: number;
}

/** Sends what `attacks` makes until the budget is spent. Throws fast-check's report: seed, path and counterexample. */
export async function fuzz<T>(
  attacks: fc.Arbitrary<T>,
  { seed, runs, forMs }: Budget,
  attack: (what: T) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(attacks, attack), {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: forMs,
    // What a server remembers of one run is part of the next: a smaller counterexample would be of another server.
    endOnFailure: true,
    // On a slow machine the time may be over before the first run is: what was sent is counted by whoever asks.
    reporter: outcome => {
      if (outcome.failed && outcome.counterexample !== null) throw new Error(fc.defaultReportMessage(outcome));
    },
  });
}
