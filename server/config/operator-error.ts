/** A mistake of whoever runs the server: its message is one sentence that says what to do, and needs no stack. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
