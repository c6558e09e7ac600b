import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import { AGENTS_VERSION, type FromHost, type FromHostName, fromHost, HostHello } from '../../../protocol/agents.ts';
import { silenceOf } from '../../../telemetry/main-thread.ts';
import { Pulse } from '../../../telemetry/pulse.ts';
import { sameSecret } from '../../auth/secrets.ts';
import { isLoopback } from '../../config/loopback.ts';
import type { Dispatcher } from '../../hosts/dispatcher.ts';
import { Host } from '../../hosts/host.ts';
import type { Job } from '../../hosts/job.ts';
import type { Spawner } from '../../hosts/spawner.ts';
import { type Gates, networkOf } from '../../limits/gate.ts';
import type { HostRefusal, LimitMetrics } from '../../limits/metrics.ts';
import type { Room } from '../../rooms/room.ts';

/** Silence of a host whose processor time can be read: nothing on its main thread takes so much of it. */
const OWN_SILENCE_MS = 1000;

export interface HostsDeps {
  hostSecret: string;
  dispatcher: Dispatcher;
  /** Wrong secrets that an address may send in a minute. */
  refusalsPerMinute: number;
  metrics: LimitMetrics;
  gates: Gates;
  /** Told how long a host took to say that it still runs. */
  answered?: (ms: number) => void;
  /** The processes of this server's own hosts. */
  processes?: Pick<Spawner, 'kill' | 'connected' | 'pidOf'>;
  /** Takes down what was learned of somebody. */
  learned?: (room: Room, told: Omit<FromHost<'job.facts'>, 'jobId' | 'revision'>) => void;
  log: Logger;
}

/** Serves the agent hosts' namespace. Who does not know the secret is not let in [S1], and gets one try a connection. */
export function serveHosts(namespace: Namespace, deps: HostsDeps): void {
  const { hostSecret, refusalsPerMinute, metrics, gates, log } = deps;
  const gate = gates.gate({
    name: 'hosts refused',
    scope: 'address',
    surface: 'signaling',
    perMinute: refusalsPerMinute,
    message: 'Too many wrong secrets. Wait a minute.',
  });
  /** Connections that have had their try. */
  const tried = new WeakSet<object>();
  namespace.use((socket, next) => {
    if (tried.has(socket.conn)) return next(new Error('one try a connection'));
    tried.add(socket.conn);
    const address = networkOf(socket.handshake.address);
    const refuse = (reason: HostRefusal, message: string) => {
      metrics.hostRefused(reason);
      // However fast they come, the log does not.
      if (!gate.isSpent(address)) log.warn({ address, reason }, 'somebody who says they are an agent host is refused');
      next(new Error(message));
      // The refusal goes out first.
      setImmediate(() => socket.conn.close());
    };
    // Hosts of this machine must always get in: a stranger on it may not use up their tries.
    if (!isLoopback(address) && gate.isSpent(address))
      return refuse('too-often', 'too many wrong secrets: wait a minute');
    // Nothing of a stranger's is read before it is known that they are none.
    const { secret } = (socket.handshake.auth ?? {}) as { secret?: unknown };
    if (typeof secret !== 'string' || !sameSecret(secret, hostSecret)) {
      gate.count(address);
      return refuse('secret', 'wrong host secret');
    }
    const hello = HostHello.safeParse(socket.handshake.auth);
    if (!hello.success) return refuse('malformed', 'malformed hello');
    if (hello.data.version !== AGENTS_VERSION) return refuse('version', `this server speaks version ${AGENTS_VERSION}`);
    socket.data.hello = hello.data;
    next();
  });
  namespace.on('connection', socket => serveHost(socket, deps));
}

function serveHost(socket: Socket, { dispatcher, answered: tell, processes, learned, log }: HostsDeps): void {
  const host = new Host(socket.data.hello as HostHello, socket);
  dispatcher.connected(host);
  log.info({ host: host.id, capacity: host.capacity }, 'agent host connected');
  processes?.connected(host.id);
  const pid = processes?.pidOf(host.id);
  let begun = false;
  const pulse = new Pulse(
    answered => {
      const askedMs = performance.now();
      return host.pulse(() => {
        tell?.(performance.now() - askedMs);
        answered();
      });
    },
    () => {
      log.error({ host: host.id }, 'an agent host does not answer any more; its rooms get another');
      // First of all: its voices go on speaking while it lives.
      processes?.kill(host.id);
      dispatcher.hung(host);
      host.disconnect();
    },
    {
      // One that is just starting loads its models.
      watches: () => {
        begun ||= host.ready;
        return begun;
      },
      ...(pid !== undefined && { own: silenceOf(pid), afterMs: OWN_SILENCE_MS }),
    },
  );

  const on = <N extends FromHostName>(name: N, handle: (payload: FromHost<N>) => void) => {
    socket.on(name as string, (payload: unknown) => {
      const parsed = fromHost[name].safeParse(payload);
      if (parsed.success) handle(parsed.data as FromHost<N>);
      else
        log.warn(
          { host: host.id, name, problem: parsed.error.issues[0]?.message },
          'malformed message from an agent host',
        );
    });
  };
  const ofJob = (jobId: string, handle: (job: Job) => void) => {
    const job = dispatcher.job(host, jobId);
    if (job !== undefined) handle(job);
  };

  on('status', status => dispatcher.status(host, status));
  on('job.log', message => ofJob(message.jobId, job => job.logged(message)));
  on('job.unlog', ({ jobId, entryId }) => ofJob(jobId, job => job.room.unlogged(entryId)));
  on('job.state', ({ jobId, state }) => ofJob(jobId, job => job.room.setAgentState(state)));
  on('job.face', ({ jobId, face }) => ofJob(jobId, job => job.room.setAgentFace(face)));
  on('job.animation', ({ jobId, events }) => ofJob(jobId, job => job.room.animation.push(events)));
  on('job.timing', ({ jobId, timing, trace }) => ofJob(jobId, ({ room }) => room.timed(timing, trace)));
  on('job.facts', ({ jobId, revision, ...told }) => {
    const job = dispatcher.recentJob(host, jobId);
    if (job?.isOutdated({ identity: told.identity, revision }) === false) learned?.(job.room, told);
  });
  on('job.feeling', ({ jobId, identity, feeling }) =>
    ofJob(jobId, ({ room }) => {
      const seat = room.seats.get(identity);
      if (seat?.consent.feelings === true) seat.notify('feeling', { feeling });
    }),
  );
  on('job.unrecorded', ({ jobId }) => ofJob(jobId, ({ room }) => room.stopRecording()));
  on('job.handover', ({ jobId, to }) => ofJob(jobId, job => dispatcher.handedOver(job, to)));
  on('job.failed', ({ jobId, message }) => ofJob(jobId, job => dispatcher.failed(job, message)));
  socket.on('disconnect', reason => {
    pulse.stop();
    // It answers nothing, be it ready or not.
    if (reason === 'ping timeout') processes?.kill(host.id);
    log.warn({ host: host.id, reason }, 'agent host disconnected');
    dispatcher.disconnected(host);
  });
}
