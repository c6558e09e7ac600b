/** What went wrong with a LiveKit server, told so that an operator can mend it. */
export class LiveKitError extends Error {
  override name = 'LiveKitError';
  /** The same may succeed if it is tried again. */
  readonly retryable: boolean;

  constructor(message: string, { retryable = true, cause }: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

/** The server's answer to a WebSocket request that it refused. */
export function refused(status: number, body: string): LiveKitError {
  const said = body.trim().slice(0, 200);
  if (status === 401 || status === 403)
    return new LiveKitError(
      `the LiveKit server refused the key (${status}${said && `: ${said}`}): check LIVEKIT_API_KEY and LIVEKIT_API_SECRET`,
      { retryable: false },
    );
  if (status === 404)
    return new LiveKitError(
      `LIVEKIT_URL leads to something that is no LiveKit server, or the room is gone (404${said && `: ${said}`})`,
    );
  return new LiveKitError(`the LiveKit server answered ${status}${said && `: ${said}`}`);
}
