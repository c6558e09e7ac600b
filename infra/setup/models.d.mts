/** Puts the embedded models in place. Resolves to what was done; rejects with a SetupError. */
export function ensureModels(): Promise<string | undefined>;
