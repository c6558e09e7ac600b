import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Logger } from 'pino';
import { AGENTS_NAMESPACE } from '../protocol/agents.ts';
import { CLIENT_NAMESPACE } from '../protocol/signaling.ts';
import type { Settings } from '../settings/settings.ts';
import { OperatorError } from '../telemetry/operator-error.ts';
import { createApp } from './api/app.ts';
import { type Described, Routes } from './api/declared/routes.ts';
import { headersFor } from './api/security-headers.ts';
import { developmentKeys, type Keys, Tokens } from './auth/tokens.ts';
import { FolderBlobs } from './blobs/folder.ts';
import { LocalCounters } from './cluster/local-counters.ts';
import { LocalDirectory } from './cluster/local-directory.ts';
import { isLoopback } from './config/loopback.ts';
import { loadTls } from './config/tls.ts';
import { Conversations } from './conversations/conversations.ts';
import { recordingsFolder } from './conversations/recordings.ts';
import { serveBrowsers } from './doors/browsers/browsers.ts';
import { openSockets } from './doors/browsers/sockets.ts';
import { type DeviceDoor, serveDevices } from './doors/devices/devices.ts';
import { serveHosts } from './doors/hosts/hosts.ts';
import { listenForHosts } from './doors/hosts/listener.ts';
import { Files } from './files/files.ts';
import { Dispatcher } from './hosts/dispatcher.ts';
import { Spawner } from './hosts/spawner.ts';
import { Gates } from './limits/gate.ts';
import { addressOf, trustOf } from './limits/proxies.ts';
import { SignalingLimits } from './limits/signaling.ts';
import { RoomTexts } from './limits/text.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { sampleStreams } from './metrics/sampling.ts';
import { Portraits, portraitsFolder } from './portraits/portraits.ts';
import { Ratings } from './ratings/ratings.ts';
import { together } from './rooms/listeners.ts';
import { MediasoupEngine } from './rooms/mediasoup/engine.ts';
import { Rooms } from './rooms/registry.ts';
import { OwnVoices } from './voices/own-voices.ts';

/** The HTTP port is in use. */
export class PortTakenError extends OperatorError {
  override name = 'PortTakenError';
}

export interface RunningServer {
  url: string;
  /** Signs join tokens; the development pair unless one was configured. */
  keys: Keys;
  developmentKey: boolean;
  engine: MediasoupEngine;
  rooms: Rooms;
  spawner: Spawner;
  portraits: Portraits;
  /** Absent where the settings switch it off. */
  conversations: Conversations | undefined;
  hostSecret: string;
  /** Where agent hosts connect. */
  agentsUrl: string;
  /** A call could be held now. */
  isReady(): boolean;
  /** What is declared of its API. */
  routes: readonly Described[];
  /** Agent hosts that are connected, and how many jobs they say they have. */
  hosts(): { ready: boolean; jobs: number }[];
  /** Ends rooms, agent hosts, sockets and workers, in that order [C1]. */
  close(): Promise<void>;
}

/**
 * Starts everything on one port. Throws {@link OperatorError} for what whoever starts it can mend.
 * @param onConfigError called when an agent host finds its settings wrong
 */
export async function startServer(
  config: Settings,
  log: Logger,
  onConfigError: () => void = () => {},
): Promise<RunningServer> {
  const metrics = createMetrics();
  // First of all: it makes sure that nobody else has this data directory.
  const conversations = config.conversations.enabled ? await Conversations.open({ config, metrics, log }) : undefined;
  try {
    return await startWith(config, log, onConfigError, metrics, conversations);
  } catch (error) {
    await conversations?.close();
    throw error;
  }
}

async function startWith(
  config: Settings,
  log: Logger,
  onConfigError: () => void,
  metrics: Metrics,
  conversations: Conversations | undefined,
): Promise<RunningServer> {
  const { apiKey, apiSecret } = config.auth;
  const configured = apiKey !== undefined && apiSecret !== undefined ? { apiKey, apiSecret } : undefined;
  const keys = configured ?? developmentKeys(config.dataDir);
  const hostSecret = config.agents.hostSecret ?? randomBytes(24).toString('base64url');
  const tls = await loadTls(config);

  const portraits = new Portraits(config, log, { lost: () => metrics.process.workerRestarted('portrait-worker') });
  const dispatcher = new Dispatcher(log, metrics, conversations?.memory, portraits.voiceOf);
  const ownVoices = new OwnVoices({
    dispatcher,
    store: portraits.store,
    ledger: conversations?.voices,
    metrics: metrics.ownVoices,
    log,
  });
  const tokens = new Tokens(keys, config.auth.tokenTtlMs);
  const engine = await MediasoupEngine.start(config.media, config.agents.mediaIp, log, () =>
    metrics.process.workerRestarted('media-worker'),
  );
  const { otlpEndpoint } = config;
  const otel = otlpEndpoint === undefined ? undefined : (await import('./trace/otel.ts')).openOtel(otlpEndpoint, log);
  const ratings = new Ratings({
    conversationIn: room => conversations?.scribe.conversationIn(room),
    rated: rated => {
      metrics.ratings.inc({ persona: rated.persona, stars: rated.stars });
      conversations?.rated(rated);
    },
  });
  const files = new Files(new FolderBlobs(path.join(config.dataDir, 'files')), config.files);
  await files.open();
  const gates = new Gates(new LocalCounters(), metrics.limits);
  const liveKit = await openLiveKit(config, log, metrics);
  const rooms = new Rooms({
    engine,
    directory: new LocalDirectory(),
    graceMs: config.graceMs,
    maxRooms: config.limits.rooms,
    maxPeople: config.limits.peoplePerRoom,
    maxRoomsPerAddress: config.limits.roomsPerAddress,
    showEarlier: config.rooms.showEarlier,
    hosts: config.rooms.hosts,
    textOf: new RoomTexts(config.limits.textBytesPerRoomPerDay, gates).of,
    // Taken down before the dispatcher acts on it.
    listener: together(
      ratings.listener,
      files.listener,
      conversations?.listener ?? {},
      dispatcher.listener,
      metrics.listener,
      otel?.listener ?? {},
      liveKit?.listener ?? {},
    ),
  });
  conversations?.serve({ rooms, agents: dispatcher });
  metrics.process.child({ name: 'media-worker', pids: () => engine.workerPids });
  metrics.process.child({
    name: 'portrait-worker',
    pids: () => (portraits.worker.pid === undefined ? [] : [portraits.worker.pid]),
  });
  if (liveKit !== undefined)
    metrics.process.child({
      name: 'livekit-carrier',
      pids: () => (liveKit.carrier.pid === undefined ? [] : [liveKit.carrier.pid]),
    });
  metrics.process.queue('portrait-worker', () => portraits.worker.depth);
  portraits.keepTidy();
  ownVoices.keepTidy();
  const limits = new SignalingLimits(config.limits, gates);
  let draining = false;
  let closing: Promise<void> | undefined;
  let io: ReturnType<typeof openSockets> | undefined;
  let devices: DeviceDoor | undefined;
  const routes = new Routes();
  const app = await createApp(config, tls, log, {
    rooms,
    tokens,
    engine,
    dispatcher,
    metrics,
    gates,
    portraits,
    ownVoices,
    ratings,
    files,
    conversations,
    connections: () => io?.of(CLIENT_NAMESPACE).sockets.size ?? 0,
    draining: () => draining,
    routes,
  });

  const giveUp = async (error: unknown, port: number, variable: string): Promise<never> => {
    io?.engine.close();
    await Promise.all([
      portraits.close(),
      ownVoices.close(),
      devices?.close(),
      app.close(),
      engine.close(),
      otel?.close(),
    ]);
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTakenError(
      `port ${port} is taken: stop what uses it, or choose another with ${variable}=${port + 1}`,
    );
  };
  const trust = trustOf(config.trustProxy);
  const agentsTls = isLoopback(config.agents.host) ? undefined : tls;
  devices = serveDevices(app.server, {
    config,
    rooms,
    tokens,
    limits,
    addressOf: request => addressOf(request, trust),
    metrics,
    log,
  });
  io = openSockets(app.server, config, { limits, metrics: metrics.limits, headers: headersFor(config, tls) });
  serveBrowsers(io.of(CLIENT_NAMESPACE), config.limits, {
    rooms,
    tokens,
    iceServers: config.media.iceServers,
    fileBytes: files.mostBytes,
    sharedLimits: limits,
    addressOf: request => addressOf(request, trust),
    metrics,
    log,
  });
  // One listener: the second that "localhost" may mean would have none of what stands before.
  const host = config.host === 'localhost' ? '127.0.0.1' : config.host;
  await app.listen({ host, port: config.port }).catch(error => giveUp(error, config.port, 'PORT'));
  const hostListener = await listenForHosts(config.agents, agentsTls, metrics.limits).catch(error =>
    giveUp(error, config.agents.port, 'VISAVIS_AGENTS_PORT'),
  );

  const stopSampling = sampleStreams(engine, metrics);
  const { port } = app.server.address() as AddressInfo;
  const scheme = tls === undefined ? 'http' : 'https';
  const agentsUrl = `${agentsTls === undefined ? 'http' : 'https'}://${loopbackOf(config.agents.host)}:${hostListener.port}`;
  const spawner = new Spawner({
    count: config.agents.spawn,
    standby: config.agents.standby,
    isReady: () => dispatcher.ready,
    serverUrl: agentsUrl,
    hostSecret,
    portraits: portraitsFolder(config.dataDir),
    cache: path.join(config.dataDir, 'cache'),
    recordings: recordingsFolder(config.dataDir),
    log,
    metrics,
    onConfigError,
  });
  serveHosts(hostListener.io.of(AGENTS_NAMESPACE), {
    hostSecret,
    dispatcher,
    refusalsPerMinute: config.limits.hostRefusalsPerMinute,
    metrics: metrics.limits,
    gates,
    answered: metrics.process.hostAnswered,
    processes: spawner,
    learned: conversations?.scribe.learned,
    log,
  });

  liveKit?.start({ rooms, dispatcher });

  return {
    url: `${scheme}://${displayHost(config.host)}:${port}`,
    keys,
    developmentKey: configured === undefined,
    engine,
    rooms,
    spawner,
    portraits,
    conversations,
    hostSecret,
    agentsUrl,
    routes: routes.all,
    isReady: () => dispatcher.ready && engine.healthy,
    hosts: () => dispatcher.hosts.map(({ ready, status: { jobs } }) => ({ ready, jobs })),
    close() {
      draining = true;
      closing ??= (async () => {
        stopSampling();
        const left = liveKit?.close();
        // At once: the signal that stops this also ends the media workers, and people would be told that they died.
        rooms.close();
        await left;
        files.close();
        dispatcher.close();
        await spawner.close();
        await Promise.all([portraits.close(), ownVoices.close(), devices.close()]);
        // Together: a browser's spare connection ends with HTTP only, and the port is free when both are over.
        await Promise.all([io.close(), app.close(), hostListener.close()]);
        await engine.close();
        await otel?.close();
        await conversations?.close();
      })();
      return closing;
    },
  };
}

/** The avatar in rooms of a LiveKit server, where one is named; nothing of it is loaded otherwise. */
async function openLiveKit({ livekit, agents, agent: { face } }: Settings, log: Logger, metrics: Metrics) {
  const { url, apiKey, apiSecret } = livekit;
  if (url === undefined || apiKey === undefined || apiSecret === undefined) return undefined;
  const { LiveKitGateway } = await import('./livekit/gateway.ts');
  return new LiveKitGateway(
    { ...livekit, url, apiKey, apiSecret },
    { agentIp: agents.mediaIp, face },
    log,
    metrics.liveKit,
  );
}

const anyAddress = (host: string) => host === '0.0.0.0' || host === '::';
/** As it is written in a URL: IPv6 addresses in brackets. */
const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);
const loopbackOf = (host: string) => (anyAddress(host) || host === 'localhost' ? '127.0.0.1' : inUrl(host));
const displayHost = (host: string) => (anyAddress(host) || host === '127.0.0.1' ? 'localhost' : inUrl(host));
