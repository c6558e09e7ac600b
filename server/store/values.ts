export const date = (ms: number): Date => new Date(Number.isFinite(ms) ? ms : 0);

/** PostgreSQL takes neither NUL nor half a character. */
export const clean = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();
