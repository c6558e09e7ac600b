import { OperatorError } from '../../telemetry/operator-error.ts';

/** Another process has this data directory. */
export class DataDirInUseError extends OperatorError {
  override name = 'DataDirInUseError';
}

/** The database was written by a newer version. */
export class SchemaTooNewError extends OperatorError {
  override name = 'SchemaTooNewError';
}

/**
 * Whether the fault lies with what was to be written, so that trying again would fail again: malformed values and
 * broken constraints (SQLSTATE classes 22 and 23).
 */
export const isBadData = (error: unknown): boolean => /^2[23]/.test(codeOf(error) ?? '');

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** What may be logged of a database's failure: its code, never its message, which quotes what was said [P1]. */
export const reasonOf = (error: unknown): string => codeOf(error) ?? (error as Error | undefined)?.name ?? 'unknown';
