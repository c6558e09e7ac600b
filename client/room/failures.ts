import type { ErrorCode } from '../../protocol/errors.ts';
import type { Notice } from '../../protocol/signaling.ts';
import { t } from '../words/words.ts';

/** Refusals of the server, and what can go wrong before it is reached. */
export type FailureCode = ErrorCode | 'unreachable' | 'timeout' | 'unsupported-browser';

/** Why a request did not succeed. */
export class RoomFailure extends Error {
  readonly code: FailureCode;
  readonly retryable: boolean;
  constructor(code: FailureCode, message: string, retryable: boolean) {
    super(message);
    this.name = 'RoomFailure';
    this.code = code;
    this.retryable = retryable;
  }
}

/** What a person reads when a call could not start or came to its end. */
export type Ending = {
  title: string;
  message: string;
  /** `rejoin`: trying again may help; `home`: only another room or another invitation does. */
  wayOn: 'rejoin' | 'home';
};

/** Trying the same again helps nobody. */
const AT_HOME: ReadonlySet<FailureCode | ClosedReason> = new Set([
  'unauthorized',
  'token-expired',
  'forbidden',
  'not-found',
  'misdirected',
  'unsupported-browser',
  'removed',
] as const);

const ending = (
  key: `failure.${FailureCode}` | `closing.${ClosedReason | 'for-all'}` | 'left',
  wayOn: Ending['wayOn'],
): Ending => ({
  title: t(`${key}.title`),
  message: t(key),
  wayOn,
});
const wayOn = (why: FailureCode | ClosedReason): Ending['wayOn'] => (AT_HOME.has(why) ? 'home' : 'rejoin');

/** The friendly words for a failure. */
export const endingOf = (code: FailureCode): Ending => ending(`failure.${code}`, wayOn(code));

type ClosedReason = Notice<'room.closed'>['reason'];

/** The friendly words for a room that ended under its people; `forAll`: for everybody at once. */
export const closingOf = (reason: ClosedReason, forAll = false): Ending =>
  forAll ? ending('closing.for-all', 'rejoin') : ending(`closing.${reason}`, wayOn(reason));

/** After leaving by one's own choice. */
export const leaving = (): Ending => ending('left', 'rejoin');
