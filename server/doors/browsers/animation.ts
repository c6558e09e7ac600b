import type { Socket } from 'socket.io';
import { AVATAR_IDENTITY } from '../../../protocol/agents.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { AnimationSink } from '../../rooms/animation.ts';

/** Sends the animation to one browser, as fast as it reads. */
export const animationSink = (socket: Socket, { animation }: Metrics): AnimationSink => ({
  get ready() {
    return socket.conn.transport.writable;
  },
  send(events, dropped) {
    animation.events.inc({ outcome: 'sent' }, events.length);
    animation.events.inc({ outcome: 'dropped' }, dropped);
    socket.emit('animation', { identity: AVATAR_IDENTITY, events, dropped });
  },
});
