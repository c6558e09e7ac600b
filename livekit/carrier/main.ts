/** The carrier: a process beside the server, so that no packet of a call waits for the server, nor it for them. */
import { LiveKitError } from '../errors.ts';
import type { Call, Calls, FromCarrier, ToCarrier } from './messages.ts';
import { CarrierRoom } from './room.ts';

const rooms = new Map<number, CarrierRoom>();
const send = (message: FromCarrier) => process.send?.(message);

function roomOf(id: number): CarrierRoom {
  const room = rooms.get(id) ?? new CarrierRoom(notice => send({ type: 'notice', room: id, notice }));
  rooms.set(id, room);
  return room;
}

const CALLS: { [C in Call]: (asks: Calls[C]['asks']) => Calls[C]['answers'] | Promise<Calls[C]['answers']> } = {
  join: ({ room, ...asks }) => roomOf(room).join(asks),
  serve: ({ room, ...asks }) => roomOf(room).serve(asks),
  pass: ({ room, ...asks }) => roomOf(room).pass(asks),
  stop: ({ room, ...asks }) => void rooms.get(room)?.stop(asks),
  tell: ({ room, ...asks }) => void rooms.get(room)?.tell(asks),
  packet: ({ room, ...asks }) => void rooms.get(room)?.packet(asks),
  attributes: ({ room, ...asks }) => void rooms.get(room)?.attributes(asks),
  leave: async ({ room }) => {
    const left = rooms.get(room);
    rooms.delete(room);
    await left?.leave();
    return undefined;
  },
  pulse: () => undefined,
};

process.on('message', async ({ id, call, asks }: ToCarrier) => {
  try {
    const answer = await (CALLS[call] as (asks: unknown) => unknown)(asks);
    send({ type: 'answer', id, answer });
  } catch (error) {
    const retryable = !(error instanceof LiveKitError) || error.retryable;
    send({ type: 'failed', id, message: (error as Error).message, retryable });
  }
});
/** Long enough to say goodbye on a line that works. */
const LEAVE_MS = 700;

// The server is gone: so are its rooms, and whoever takes them over need not wait until that is noticed.
process.on('disconnect', () => {
  setTimeout(() => process.exit(0), LEAVE_MS);
  void Promise.allSettled([...rooms.values()].map(room => room.leave())).then(() => process.exit(0));
});
// The server says when it is time.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
