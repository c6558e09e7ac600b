/** Folders of sources; what is made of one lies beside it, with the ending .wasm. */
export const KERNELS: readonly string[];
/** The custom section that says what it was made of. */
export const SECTION: string;
/** 32 hex digits for the sources in a folder. */
export function sourceHash(folder: string): string;
