import { DisconnectReason, type LeaveRequest, LeaveRequest_Action } from '@livekit/protocol';
import { LiveKitError } from './errors.ts';

const FINAL: Partial<Record<DisconnectReason, string>> = {
  [DisconnectReason.DUPLICATE_IDENTITY]: 'somebody else joined the LiveKit room under the avatar’s identity',
  [DisconnectReason.PARTICIPANT_REMOVED]: 'the avatar was removed from the LiveKit room',
  [DisconnectReason.ROOM_DELETED]: 'the LiveKit room was deleted',
  [DisconnectReason.ROOM_CLOSED]: 'the LiveKit room was closed',
};

/** Why a server shows us out. */
export function leaving({ reason, action }: LeaveRequest): LiveKitError {
  const final = FINAL[reason];
  if (final !== undefined) return new LiveKitError(final, { retryable: false });
  const told = DisconnectReason[reason] ?? String(reason);
  return new LiveKitError(`the LiveKit server ended the line (${told})`, {
    retryable: action !== LeaveRequest_Action.DISCONNECT || reason === DisconnectReason.SERVER_SHUTDOWN,
  });
}
