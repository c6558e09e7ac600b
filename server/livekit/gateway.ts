/** The avatar in LiveKit rooms: this server is an agent worker there, and mirrors the rooms that it takes. */
import type { Job } from '@livekit/protocol';
import { AccessToken, AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import type { Logger } from 'pino';
import { Carrier } from '../../livekit/carrier/carrier.ts';
import { LiveKitError } from '../../livekit/errors.ts';
import { AgentWorker, type LiveKitKeys } from '../../livekit/worker.ts';
import type { Settings } from '../../settings/settings.ts';
import { silenceOf } from '../../telemetry/main-thread.ts';
import { NICE, placeProcess } from '../../telemetry/priority.ts';
import { Pulse } from '../../telemetry/pulse.ts';
import type { Dispatcher } from '../hosts/dispatcher.ts';
import type { LiveKitMetrics } from '../metrics/livekit.ts';
import type { RoomListener } from '../rooms/listeners.ts';
import type { Rooms } from '../rooms/registry.ts';
import { type CallDeps, LiveKitCall } from './call.ts';
import { wishesIn } from './wishes.ts';

/** How often rooms are looked for that should have an avatar and have none. */
const RECONCILE_MS = 1000;
/** Rooms that are asked about in one pass; the others have their turn next. */
const MOST_LOOKED_AT = 20;
/** A room that does not ask for the avatar is not looked at again for so long. */
const NOT_OURS_MS = 10_000;
/** Nor is one that the avatar was shown out of. */
const SHOWN_OUT_MS = 10 * 60_000;
const ASK_SECONDS = 5;
/** An offer is answered sooner than this. */
const OFFER_MS = 5000;
/** From here on LiveKit offers a worker nothing. */
const FULL = 0.7;
const TOKEN_TTL = '10m';

export interface GatewayDeps {
  rooms: Rooms;
  dispatcher: Dispatcher;
}

export class LiveKitGateway {
  readonly carrier: Carrier;
  readonly #settings: Settings['livekit'] & LiveKitKeys;
  readonly #media: Pick<CallDeps, 'agentIp' | 'face'>;
  readonly #log: Logger;
  readonly #metrics: LiveKitMetrics;
  readonly #worker: AgentWorker;
  /** By the room's name at LiveKit. */
  readonly #calls = new Map<string, LiveKitCall>();
  /** Rooms that had no avatar when they were last looked at: an offer of theirs may be on its way. */
  readonly #lacking = new Set<string>();
  /** Rooms that do not ask for the avatar, and until when that is believed. */
  readonly #others = new Map<string, number>();
  /** Where the next look begins. */
  #cursor = 0;
  #deps: GatewayDeps | undefined;
  #reconcile: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #pulse: Pulse | undefined;
  #trouble = '';
  #closing = false;

  constructor(
    settings: Settings['livekit'] & LiveKitKeys,
    media: Pick<CallDeps, 'agentIp' | 'face'>,
    log: Logger,
    metrics: LiveKitMetrics,
  ) {
    this.#settings = settings;
    this.#media = media;
    this.#log = log.child({ livekit: new URL(settings.url).host });
    this.#metrics = metrics;
    metrics.rooms(() => this.#calls.size);
    this.carrier = new Carrier({
      started: pid => {
        placeProcess(pid, NICE.media);
        this.#watch(pid);
      },
      died: reason => {
        this.#pulse?.stop();
        metrics.carrierDied();
        this.#log.error({ reason }, 'the carrier of LiveKit rooms died; starting another');
      },
    });
    this.#worker = new AgentWorker(settings, settings.agentName, {
      offered: job => this.#offered(job),
      assigned: (job, token) => void this.#take(job.room?.name ?? '', job.metadata, { job, token }),
      terminated: jobId => {
        for (const call of this.#calls.values()) if (call.jobId === jobId) void call.close();
      },
      load: () => ({ load: this.#load(), jobs: this.#calls.size }),
      connected: (up, error) => {
        metrics.connected(up);
        // Nobody who comes waits for its start.
        if (up) void this.carrier.ask('pulse', {}).catch(() => {});
        if (up) this.#log.info({ agent: settings.agentName }, 'registered as an agent at the LiveKit server');
        else this.#troubled(error?.message ?? 'the line was lost');
      },
    });
  }

  /** What a room of ours tells, for those that mirror one of LiveKit's. */
  readonly listener: Partial<RoomListener> = {
    logged: (room, entry) => {
      for (const call of this.#calls.values()) if (call.room === room) call.logged(entry);
    },
    avatarCame: (room, { name }) => {
      for (const call of this.#calls.values()) if (call.room === room) call.named(name);
    },
    ended: room => {
      for (const call of this.#calls.values()) if (call.room === room) call.ended();
    },
  };

  /** Begins to take rooms. */
  start(deps: GatewayDeps): void {
    this.#deps = deps;
    void this.#worker.start();
    this.#reconcile = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, RECONCILE_MS);
  }

  /** Takes no more rooms, and leaves those that it is in. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#reconcile);
    this.#worker.drain();
    await this.#looking;
    await Promise.all([...this.#calls.values()].map(call => call.close()));
    this.#worker.close();
    this.#pulse?.stop();
    await this.carrier.close();
  }

  /** Ends a carrier that does not answer any more. */
  #watch(pid: number): void {
    this.#pulse?.stop();
    this.#pulse = new Pulse(
      answered => void this.carrier.ask('pulse', {}).then(answered, () => {}),
      () => {
        this.#log.error({ pid }, 'the carrier of LiveKit rooms does not answer any more; ending it');
        process.kill(pid, 'SIGKILL');
      },
      { own: silenceOf(pid) },
    );
  }

  #load(): number {
    const able = (this.#deps?.dispatcher.hosts ?? []).filter(host => host.ready && !host.standby);
    const least = Math.min(1, ...able.map(({ status }) => status.load));
    // Below what LiveKit takes for full for as long as one more fits.
    return able.length === 0 || least >= 1 ? 1 : least * FULL * 0.99;
  }

  #offered({ id, room }: Job) {
    const { identity, persona } = this.#settings;
    const name = room?.name ?? '';
    if (this.#closing || this.#load() >= FULL || name === '' || this.#calls.has(name)) {
      this.#metrics.job('refused');
      this.#log.info({ job: id, room: name }, 'a LiveKit room was not taken');
      return undefined;
    }
    return { identity, name: persona ?? identity, attributes: { 'lk.agent.state': 'initializing' } };
  }

  async #take(room: string, metadata: string, { job, token }: { job?: Job; token?: string } = {}): Promise<void> {
    const deps = this.#deps;
    if (deps === undefined || this.#closing || room === '' || this.#calls.has(room)) return;
    const { wrong, ...wishes } = wishesIn(metadata);
    if (wrong !== undefined)
      this.#log.info({ room, reason: wrong }, 'the metadata of a LiveKit job say nothing of an avatar');
    const { persona, url } = this.#settings;
    const call = new LiveKitCall(
      room,
      {
        ...(job !== undefined && { jobId: job.id }),
        wishes: { ...(persona !== undefined && { persona }), ...wishes },
      },
      {
        carrier: this.carrier,
        rooms: deps.rooms,
        url,
        token: name => this.#token(name),
        ...this.#media,
        log: this.#log,
        reconnected: () => this.#metrics.reconnected(),
        ended: (ended, error) => {
          if (this.#calls.get(room) === ended) this.#calls.delete(room);
          if (job !== undefined) this.#worker.ended(job.id, error?.message);
          // Shown out, for instance: who did that does not want it back in a moment.
          if (error?.retryable === false) this.#others.set(room, performance.now() + SHOWN_OUT_MS);
          this.#log.info({ room, ...(error !== undefined && { reason: error.message }) }, 'left a LiveKit room');
        },
      },
    );
    this.#calls.set(room, call);
    this.#lacking.delete(room);
    try {
      await call.start(token);
      if (job !== undefined) this.#worker.running(job.id);
      this.#metrics.job(job === undefined ? 'found' : 'taken');
      this.#log.info({ room, ...wishes }, 'joined a LiveKit room');
    } catch (error) {
      this.#metrics.job('failed');
      this.#log.warn({ room, reason: (error as Error).message }, 'a LiveKit room could not be joined');
      await call.close(error instanceof LiveKitError ? error : new LiveKitError(String(error)));
    }
  }

  async #token(room: string): Promise<string> {
    const { apiKey, apiSecret, identity } = this.#settings;
    const token = new AccessToken(apiKey, apiSecret, { identity, ttl: TOKEN_TTL });
    token.kind = 'agent';
    token.addGrant({
      roomJoin: true,
      room,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: true,
      agent: true,
    });
    return token.toJwt();
  }

  /** A room that nobody took when it was offered is not offered again: those are found here. */
  async #look(): Promise<void> {
    if (this.#load() >= FULL) return;
    const { url, apiKey, apiSecret, agentName } = this.#settings;
    const options = { requestTimeout: ASK_SECONDS };
    const service = new RoomServiceClient(url, apiKey, apiSecret, options);
    const dispatches = new AgentDispatchClient(url, apiKey, apiSecret, options);
    try {
      const nowMs = performance.now();
      for (const [name, untilMs] of this.#others) if (untilMs < nowMs) this.#others.delete(name);
      const open = (await service.listRooms()).filter(
        ({ name, numParticipants }) => numParticipants > 0 && !this.#calls.has(name) && !this.#others.has(name),
      );
      for (const name of this.#lacking) if (!open.some(each => each.name === name)) this.#lacking.delete(name);
      const from = this.#cursor < open.length ? this.#cursor : 0;
      this.#cursor = from + MOST_LOOKED_AT;
      for (const { name, creationTimeMs } of open.slice(from, this.#cursor)) {
        const dispatch =
          agentName === ''
            ? undefined
            : (await dispatches.listDispatch(name)).find(each => each.agentName === agentName);
        if (agentName !== '' && dispatch === undefined) {
          this.#others.set(name, nowMs + NOT_OURS_MS);
          continue;
        }
        const people = await service.listParticipants(name);
        const served = people.some(({ identity }) => identity === this.#settings.identity);
        if (this.#closing) return;
        if (served) this.#lacking.delete(name);
        else if (this.#lacking.has(name) || isOld(dispatch?.state?.createdAt ?? creationTimeMs * 1_000_000n))
          void this.#take(name, dispatch?.metadata ?? '');
        else this.#lacking.add(name);
      }
      this.#trouble = '';
    } catch (error) {
      this.#troubled(`its rooms cannot be listed: ${(error as Error).message}`);
    }
  }

  /** Once for each trouble, however often it is met. */
  #troubled(reason: string): void {
    if (this.#closing || reason === this.#trouble) return;
    this.#trouble = reason;
    this.#log.warn({ reason }, 'LiveKit');
  }
}

/** Whatever was offered of it has been taken, or never will be. @param bornNs Unix time, as LiveKit tells it */
const isOld = (bornNs: bigint): boolean => Date.now() - Number(bornNs / 1_000_000n) > OFFER_MS;
