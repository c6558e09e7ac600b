/**
 * Prints what an avatar's face does, line by line, as a device would receive it: docs/animation.md explains each.
 *
 *   node examples/animation-log/main.ts [http://localhost:3000] [room] [something to say]
 */
import { io } from 'socket.io-client';
import type { AnimationEvent, AnimationMessage } from '../../protocol/animation.ts';

const [server = 'http://localhost:3000', room = 'animation-log', say] = process.argv.slice(2);

const response = await fetch(`${server}/api/rooms/${room}/token`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'Log' }),
});
const { token, error } = await response.json();
if (!response.ok) throw new Error(error.message);

const socket = io(`${server}/client`, { transports: ['websocket'] });
/** Every request is answered with `{ ok: true, data }` or `{ ok: false, error }`. */
async function request(name: string, input: object): Promise<void> {
  const reply = await socket.emitWithAck(name, input);
  if (!reply.ok) throw new Error(reply.error.message);
}

socket.on('animation', ({ events, dropped }: AnimationMessage) => {
  if (dropped > 0) console.log(`(${dropped} events were not read in time)`);
  for (const event of events) print(event);
});
// Also after the connection was lost and found again.
socket.on('connect', async () => {
  await request('join', { version: 1, token });
  await request('animation.subscribe', {});
  if (say !== undefined) await request('say', { text: say });
});
socket.on('disconnect', reason => console.log(`(disconnected: ${reason})`));

function print({ type, turn_id = '', ...rest }: AnimationEvent): void {
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  console.log(type.padEnd(10), turn_id.slice(0, 8).padEnd(8), ...fields);
}
