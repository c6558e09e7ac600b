import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import { AGENTS_VERSION, type FromHost, type FromHostName, fromHost, HostHello } from '../../protocol/agents.ts';
import { sameSecret } from '../auth/secrets.ts';
import type { Dispatcher } from '../hosts/dispatcher.ts';
import { Host } from '../hosts/host.ts';
import type { Job } from '../hosts/job.ts';
import type { Room } from '../rooms/room.ts';

export interface AgentsDeps {
  hostSecret: string;
  dispatcher: Dispatcher;
  /** Takes down what was learned of somebody. */
  learned?: (room: Room, told: Omit<FromHost<'job.facts'>, 'jobId' | 'revision'>) => void;
  log: Logger;
}

/** Serves the agent hosts' namespace. Who does not know the secret is not let in [S1]. */
export function serveAgents(namespace: Namespace, deps: AgentsDeps): void {
  namespace.use((socket, next) => {
    const hello = HostHello.safeParse(socket.handshake.auth);
    if (!hello.success) return next(new Error('malformed hello'));
    if (hello.data.version !== AGENTS_VERSION) return next(new Error(`this server speaks version ${AGENTS_VERSION}`));
    if (!sameSecret(hello.data.secret, deps.hostSecret)) return next(new Error('wrong host secret'));
    socket.data.hello = hello.data;
    next();
  });
  namespace.on('connection', socket => serveHost(socket, deps));
}

function serveHost(socket: Socket, { dispatcher, learned, log }: AgentsDeps): void {
  const host = new Host(socket.data.hello as HostHello, socket);
  dispatcher.connected(host);
  log.info({ host: host.id, capacity: host.capacity }, 'agent host connected');

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
  on('job.failed', ({ jobId, message }) => ofJob(jobId, job => dispatcher.failed(job, message)));
  socket.on('disconnect', reason => {
    log.warn({ host: host.id, reason }, 'agent host disconnected');
    dispatcher.disconnected(host);
  });
}
