import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Time, so that tests can own it. */
export interface Clock {
  /** Monotonic, ms. */
  nowMs(): number;
  /** Wall clock, Unix ms. */
  unixMs(): number;
  /** Calls back once after `delayMs`; the returned function takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  unixMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
/** Where the threads of this process find its wall clock. */
const ZERO = 'visavis: unix ms at the zero of the monotonic clock';
const zeroUnixMs = (getEnvironmentData(ZERO) as number | undefined) ?? Date.now() - monotonicMs();
setEnvironmentData(ZERO, zeroUnixMs);

/**
 * Unix ms by a clock that nobody sets: what it said when this process began, and on from there. The same in all threads
 * of the process. For instants that are compared with one another, not for people to read.
 */
export const steadyUnixMs = (): number => zeroUnixMs + monotonicMs();
