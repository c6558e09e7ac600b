/** What providers charge for. Tokens are `estimated` where an endpoint does not tell them. */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  estimated?: boolean;
  characters?: number;
  audioSeconds?: number;
}

/** Counts what one provider is asked, how quick it is, and what it uses. */
export interface Meter {
  call(): MeteredCall;
  used(usage: Usage): void;
}

/** One question to a provider. */
export interface MeteredCall {
  /** The first piece of the answer is there; told again, it means nothing. */
  first(): void;
  end(outcome: 'ok' | 'failed' | 'cancelled'): void;
}

/**
 * Meters a streamed answer. Who reads no further has cancelled.
 * @param counts whether a piece is part of the answer, not merely on its way to it
 */
export async function* metered<T>(
  call: MeteredCall,
  answer: AsyncIterable<T>,
  signal: AbortSignal,
  counts: (piece: T) => boolean = () => true,
): AsyncGenerator<T> {
  let outcome: Parameters<MeteredCall['end']>[0] = 'cancelled';
  try {
    for await (const piece of answer) {
      if (counts(piece)) call.first();
      yield piece;
    }
    outcome = 'ok';
  } catch (error) {
    outcome = signal.aborted ? 'cancelled' : 'failed';
    throw error;
  } finally {
    call.end(outcome);
  }
}

/** Meters an answer that comes at once. */
export async function meteredOnce<T>(call: MeteredCall, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    const answer = await ask();
    call.first();
    call.end('ok');
    return answer;
  } catch (error) {
    call.end(signal.aborted ? 'cancelled' : 'failed');
    throw error;
  }
}
