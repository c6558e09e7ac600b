/** Puts a working media worker in place. Resolves to what was done; rejects with a SetupError. */
export function ensureWorker(): Promise<string | undefined>;
