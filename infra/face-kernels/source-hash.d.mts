/** The custom section of kernels.wasm that says what it was made of. */
export const SECTION: string;
/** 32 hex digits for the sources in a folder. */
export function sourceHash(folder: string): string;
