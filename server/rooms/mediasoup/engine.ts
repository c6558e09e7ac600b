import os from 'node:os';
import { createWorker } from 'mediasoup';
import type { Router, TransportListenInfo, WebRtcServer, Worker } from 'mediasoup/types';
import type { Logger } from 'pino';
import type { Settings } from '../../../settings/settings.ts';
import { silenceOf } from '../../../telemetry/main-thread.ts';
import { OperatorError } from '../../../telemetry/operator-error.ts';
import { NICE, placeProcess } from '../../../telemetry/priority.ts';
import { Pulse } from '../../../telemetry/pulse.ts';
import type { MediaRoom, MediaRoomEvents, RoomControl } from '../room-control.ts';
import { ROUTER_CODECS } from './codecs.ts';
import { MediasoupRoom } from './media-room.ts';
import { Streams } from './streams.ts';

const RETRY_MS = 2000;

interface Slot {
  index: number;
  worker: Worker;
  server: WebRtcServer;
  rooms: number;
}

/** A WebRTC port cannot be opened. */
export class MediaPortError extends OperatorError {
  override name = 'MediaPortError';
}

/** mediasoup: one worker per core, one WebRtcServer port each (UDP and TCP), rooms on the least loaded worker. */
export class MediasoupEngine implements RoomControl {
  readonly #config: Settings['media'];
  readonly #agentIp: string;
  readonly #log: Logger;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #retries = new Map<number, NodeJS.Timeout>();
  readonly #streams = new Streams();
  readonly #lost: () => void;
  #closed = false;

  private constructor(config: Settings['media'], agentIp: string, log: Logger, lost: () => void) {
    this.#lost = lost;
    this.#config = config;
    this.#agentIp = agentIp;
    this.#log = log;
  }

  /** @param lost told when a worker has died: another takes its place */
  static async start(
    config: Settings['media'],
    agentIp: string,
    log: Logger,
    lost: () => void = () => {},
  ): Promise<MediasoupEngine> {
    const engine = new MediasoupEngine(config, agentIp, log, lost);
    const count = config.workers === 0 ? os.availableParallelism() : config.workers;
    const started = await Promise.allSettled(Array.from({ length: count }, (_, index) => engine.#startWorker(index)));
    const failed = started.find(result => result.status === 'rejected');
    if (failed !== undefined) {
      await engine.close();
      throw failed.reason;
    }
    return engine;
  }

  get healthy(): boolean {
    return this.#slots.length > 0 && this.#slots.every(slot => slot !== undefined);
  }

  /** Process ids of the workers, for the operator's figures. */
  get workerPids(): number[] {
    return this.#slots.flatMap(slot => (slot === undefined ? [] : [slot.worker.pid]));
  }

  /** What exists in the workers now: none of it is left when nobody calls [C1]. */
  async census(): Promise<{ routers: number; transports: number }> {
    const slots = this.#slots.filter(slot => slot !== undefined);
    const workers = await Promise.all(slots.map(({ worker }) => worker.dump()));
    const servers = await Promise.all(slots.map(({ server }) => server.dump()));
    return {
      routers: workers.reduce((sum, { routerIds }) => sum + routerIds.length, 0),
      transports: servers.reduce((sum, { webRtcTransportIds }) => sum + webRtcTransportIds.length, 0),
    };
  }

  async open(events: MediaRoomEvents): Promise<MediaRoom> {
    const slot = this.#slots
      .filter(candidate => candidate !== undefined)
      .reduce<Slot | undefined>(
        (least, candidate) => (least === undefined || candidate.rooms < least.rooms ? candidate : least),
        undefined,
      );
    if (slot === undefined) throw new Error('no media worker is running');
    slot.rooms += 1;
    let router: Router;
    try {
      router = await slot.worker.createRouter({ mediaCodecs: ROUTER_CODECS });
    } catch (error) {
      slot.rooms -= 1;
      throw error;
    }
    router.observer.once('close', () => {
      slot.rooms -= 1;
    });
    return MediasoupRoom.create({
      router,
      server: slot.server,
      agentIp: this.#agentIp,
      maxIncomingBitrate: this.#config.maxIncomingBitrate,
      events,
      streams: this.#streams,
    });
  }

  streams(most: number): ReturnType<RoomControl['streams']> {
    return this.#streams.sample(most);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#retries.values()) clearTimeout(timer);
    const workers = this.#slots.flatMap(slot => (slot === undefined ? [] : [slot.worker]));
    await Promise.all(
      workers.map(worker => {
        // On a signal mediasoup closes its workers by itself: one may be gone by now.
        if (worker.subprocessClosed) return undefined;
        const gone = new Promise<void>(resolve => worker.once('subprocessclose', resolve));
        worker.close();
        return gone;
      }),
    );
  }

  /** Again and again, until it starts or the engine closes. */
  #replaceWorker(index: number): void {
    this.#startWorker(index).catch(failure => {
      if (this.#closed) return;
      this.#log.fatal({ index, reason: String(failure) }, 'media worker cannot be started; trying again');
      this.#retries.set(
        index,
        setTimeout(() => this.#replaceWorker(index), RETRY_MS),
      );
    });
  }

  async #startWorker(index: number): Promise<void> {
    const worker = await createWorker({ logLevel: 'warn' });
    placeProcess(worker.pid, NICE.media);
    const pulse = new Pulse(
      answered => void worker.getResourceUsage().then(answered, () => {}),
      () => {
        this.#log.error({ index, pid: worker.pid }, 'media worker does not answer any more; ending it');
        process.kill(worker.pid, 'SIGKILL');
      },
      { own: silenceOf(worker.pid) },
    );
    worker.observer.once('close', () => pulse.stop());
    worker.on('died', error => {
      this.#slots[index] = undefined;
      if (this.#closed) return;
      this.#lost();
      this.#log.error({ index, pid: worker.pid, reason: error.message }, 'media worker died; starting another');
      this.#replaceWorker(index);
    });
    const port = this.#config.rtcPort === 0 ? undefined : this.#config.rtcPort + index;
    try {
      const listenInfos = (['udp', 'tcp'] as const).map(
        (protocol): TransportListenInfo => ({
          protocol,
          ip: this.#config.listenIp,
          ...(this.#config.announcedAddress !== undefined && { announcedAddress: this.#config.announcedAddress }),
          ...(port !== undefined && { port }),
        }),
      );
      const server = await worker.createWebRtcServer({ listenInfos });
      if (this.#closed) throw new Error('the server is closing');
      this.#slots[index] = { index, worker, server, rooms: 0 };
    } catch (error) {
      worker.close();
      throw new MediaPortError(
        `cannot listen for media on ${this.#config.listenIp}:${port ?? 'any port'} (UDP and TCP): ${(error as Error).message}; ` +
          'set VISAVIS_RTC_PORT to another first port, or 0 for any free ones',
      );
    }
  }
}
