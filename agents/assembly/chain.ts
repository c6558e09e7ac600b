/** What a stage's provider is wrapped in: the order is told where a chain is made. */
export type Wrap<T> = (inner: T) => T;

/** `chain(a, f, g)` is `g(f(a))`: the provider first, then what stands around it, from the inside outwards. */
export const chain = <T>(inner: T, ...wraps: readonly (Wrap<T> | false | undefined)[]): T =>
  wraps.reduce<T>((made, wrap) => (wrap ? wrap(made) : made), inner);

/** The first that answers wins, each next one is its fallback: `[a, b, c]` is a, else (b, else c). */
export const firstOf = <T>(all: readonly T[], or: (first: T, second: T, index: number) => T): T =>
  all.reduceRight((second, first, index) => or(first, second, index));
