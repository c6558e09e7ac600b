/** What whoever runs Visavis can mend: told in one sentence, without a stack, and trying again does not help. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/** Exit status of a process whose settings are wrong (sysexits EX_CONFIG): starting it again cannot help. */
export const EX_CONFIG = 78;
