export function findPromtool(): string | undefined;
export function ensurePromtool(): Promise<'downloaded' | undefined>;
