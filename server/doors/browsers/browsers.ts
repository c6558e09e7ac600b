import type { IncomingMessage } from 'node:http';
import type { Namespace, Socket } from 'socket.io';
import type { Settings } from '../../../settings/settings.ts';
import { RateLimit } from '../../cluster/rate-limit.ts';
import { Requests, type RequestsOptions } from '../requests.ts';
import { animationSink } from './animation.ts';
import { BrowserSession, type SessionDeps } from './session.ts';

type BrowserDeps = SessionDeps &
  Pick<RequestsOptions, 'sharedLimits' | 'metrics' | 'log'> & {
    /** Where a request comes from. */
    addressOf?(request: IncomingMessage): string;
  };

/** Serves the browsers' namespace. */
export function serveBrowsers(namespace: Namespace, limits: Settings['limits'], deps: BrowserDeps): void {
  namespace.on('connection', socket => {
    if (namespace.sockets.size > limits.sockets) {
      socket.disconnect(true);
      return;
    }
    serveBrowser(socket, limits, deps);
  });
}

function serveBrowser(socket: Socket, limits: Settings['limits'], deps: BrowserDeps): void {
  const address = deps.addressOf?.(socket.request) ?? '';
  const close = () => void socket.disconnect(true);
  const session = new BrowserSession(
    {
      notify: (name, payload) => socket.emit(name, payload),
      dismiss: close,
      address,
      renames: new RateLimit(limits.renamesPerMinute / 60, limits.renamesPerMinute, performance.now()),
    },
    animationSink(socket, deps.metrics),
    deps,
  );
  const { sharedLimits, metrics, log } = deps;
  const requests = new Requests(session, { limits, sharedLimits, id: socket.id, address, close, metrics, log });
  socket.onAny((name: string, ...args: unknown[]) => {
    const acknowledge = args.at(-1);
    if (typeof acknowledge !== 'function') requests.take(name, undefined);
    else requests.take(name, args.length > 1 ? args[0] : {}, reply => acknowledge(reply));
  });
  socket.on('disconnect', () => {
    requests.lost();
    // Without a namespace the connection serves nothing any more.
    socket.conn.close();
  });
}
