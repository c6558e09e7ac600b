import type { ErrorCode } from '../../protocol/errors.ts';
import type { Notice } from '../../protocol/signaling.ts';

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

const failures: Record<FailureCode, Ending> = {
  'bad-request': {
    title: 'That did not work',
    message: 'The server did not understand this page. Reload it, then join again.',
    wayOn: 'rejoin',
  },
  'unsupported-version': {
    title: 'This page is out of date',
    message: 'The server has been updated since this page was opened. Reload the page to get the new version.',
    wayOn: 'rejoin',
  },
  unauthorized: {
    title: 'This invitation is not valid',
    message: 'The server could not verify your invitation. Ask whoever invited you for a new link.',
    wayOn: 'home',
  },
  'token-expired': {
    title: 'Your invitation has expired',
    message: 'Invitations are only good for a while. Go back to where you got the link and open it again.',
    wayOn: 'home',
  },
  forbidden: {
    title: 'You cannot enter this room',
    message: 'Your invitation does not cover this room. Ask for one that does, or choose another room.',
    wayOn: 'home',
  },
  'not-found': {
    title: 'This room does not exist',
    message: 'It may have been closed, or the link has a typing mistake. You can choose another room.',
    wayOn: 'home',
  },
  misdirected: {
    title: 'This is not the address of this server',
    message: 'Open the page under the address that its operator has given you.',
    wayOn: 'home',
  },
  'room-full': {
    title: 'This room is full',
    message: 'Everyone who fits is already here. Try again when somebody has left, or choose another room.',
    wayOn: 'rejoin',
  },
  locked: {
    title: 'This room is locked',
    message: 'Nobody new comes in for now. Ask somebody inside to open it, then try again.',
    wayOn: 'rejoin',
  },
  waiting: {
    title: 'You were not let in yet',
    message: 'Somebody inside has to let you in. Try again, and wait a moment.',
    wayOn: 'rejoin',
  },
  'server-full': {
    title: 'The server is busy',
    message: 'It holds as many calls as it can right now. Please try again in a few minutes.',
    wayOn: 'rejoin',
  },
  'rate-limited': {
    title: 'A little too fast',
    message: 'There were too many requests in a short time. Wait a few seconds, then try again.',
    wayOn: 'rejoin',
  },
  'already-joined': {
    title: 'You are already in this call',
    message: 'This page had joined before. Join again to start afresh.',
    wayOn: 'rejoin',
  },
  'not-joined': {
    title: 'You are no longer in the call',
    message: 'The server had let go of your seat. You can take a new one right away.',
    wayOn: 'rejoin',
  },
  'session-gone': {
    title: 'You were away for too long',
    message: 'Your seat was given up after the connection was lost. You can take a new one right away.',
    wayOn: 'rejoin',
  },
  'room-closed': {
    title: 'The room has closed',
    message: 'The call ended for everyone. Joining again opens it anew.',
    wayOn: 'rejoin',
  },
  'shutting-down': {
    title: 'The server is restarting',
    message: 'It will be back shortly. Please join again in a moment.',
    wayOn: 'rejoin',
  },
  unavailable: {
    title: 'Not available at the moment',
    message: 'A part of the server does not answer. Please try again in a moment.',
    wayOn: 'rejoin',
  },
  internal: {
    title: 'Something went wrong on the server',
    message: 'It was not your doing. Please try again; if it keeps happening, tell whoever runs this server.',
    wayOn: 'rejoin',
  },
  unreachable: {
    title: 'The server cannot be reached',
    message: 'Check your internet connection. If it works elsewhere, the server may be down for the moment.',
    wayOn: 'rejoin',
  },
  timeout: {
    title: 'The server did not answer',
    message: 'Your connection may be very slow, or the server is overloaded. Please try again.',
    wayOn: 'rejoin',
  },
  'unsupported-browser': {
    title: 'This browser cannot hold a call',
    message: 'It lacks the technology for video calls. A current Chrome, Edge, Firefox or Safari will do.',
    wayOn: 'home',
  },
};

/** The friendly words for a failure. */
export const endingOf = (code: FailureCode): Ending => failures[code];

type ClosedReason = Notice<'room.closed'>['reason'];

const closings: Record<ClosedReason, Ending> = {
  'worker-died': {
    title: 'The call was interrupted',
    message: 'A part of the server that carried this room has failed. You can join again at once.',
    wayOn: 'rejoin',
  },
  'router-closed': {
    title: 'The room was closed',
    message: 'The server has ended this room. You can join again at once.',
    wayOn: 'rejoin',
  },
  'shutting-down': {
    title: 'The server is restarting',
    message: 'The call had to end. The server will be back shortly; please join again in a moment.',
    wayOn: 'rejoin',
  },
  removed: {
    title: 'You were removed from the call',
    message: 'Whoever manages this room has ended your part in it.',
    wayOn: 'home',
  },
  replaced: {
    title: 'You joined from another place',
    message: 'The call goes on in your other tab or device. Join again to bring it back here.',
    wayOn: 'rejoin',
  },
};

const ENDED: Ending = {
  title: 'The call was ended',
  message: 'A host has ended it for everybody.',
  wayOn: 'rejoin',
};

/** The friendly words for a room that ended under its people; `forAll`: for everybody at once. */
export const closingOf = (reason: ClosedReason, forAll = false): Ending => (forAll ? ENDED : closings[reason]);

/** After leaving by one's own choice. */
export const LEFT: Ending = { title: 'You have left the call', message: 'See you next time.', wayOn: 'rejoin' };
