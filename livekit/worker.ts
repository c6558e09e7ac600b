/**
 * LiveKit's agent worker protocol (`/agent`, protobuf `WorkerMessage` and `ServerMessage`): a server offers rooms, a
 * worker takes those that it has room for. A room that nobody takes is not offered again: whoever uses this looks for
 * such rooms itself.
 */
import {
  AvailabilityResponse,
  type Job,
  JobStatus,
  JobType,
  ParticipantPermission,
  RegisterWorkerRequest,
  ServerMessage,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerMessage,
  WorkerPing,
  WorkerStatus,
} from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';
import { LiveKitError } from './errors.ts';
import { MessageSocket, socketUrl } from './socket.ts';

const STATUS_MS = 2500;
const PING_SECONDS = 10;
const REGISTER_MS = 8000;
const RETRY_MS = { first: 500, most: 15_000 };

export interface LiveKitKeys {
  url: string;
  apiKey: string;
  apiSecret: string;
}

/** Under whom a job is taken. */
export interface Taken {
  identity: string;
  name: string;
  attributes: Record<string, string>;
}

export interface WorkerEvents {
  /** A room is offered; undefined: not taken. Called in the moment of the offer, answered at once. */
  offered(job: Job): Taken | undefined;
  /** A job is ours: its room is joined with this token. */
  assigned(job: Job, token: string): void;
  /** The server wants a job ended. */
  terminated(jobId: string): void;
  /** 0 idle .. 1 no room for another job; from 0.7 on LiveKit offers nothing. */
  load(): { load: number; jobs: number };
  connected(up: boolean, error?: LiveKitError): void;
}

/** Registered at a LiveKit server for as long as it runs; tries again and again where that is away. */
export class AgentWorker {
  readonly #keys: LiveKitKeys;
  readonly #agentName: string;
  readonly #events: WorkerEvents;
  readonly #closing = new AbortController();
  #socket: MessageSocket | undefined;
  #status: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = RETRY_MS.first;
  #draining = false;

  /** @param agentName asked for by dispatches; empty: every new room is offered */
  constructor(keys: LiveKitKeys, agentName: string, events: WorkerEvents) {
    this.#keys = keys;
    this.#agentName = agentName;
    this.#events = events;
  }

  /** Connects, and stays so. Never rejects: `connected` tells how it goes. */
  async start(): Promise<void> {
    try {
      await this.#connect();
      this.#retryMs = RETRY_MS.first;
    } catch (error) {
      this.#lost(error instanceof LiveKitError ? error : new LiveKitError(String(error), { cause: error }));
    }
  }

  /** Nothing more is taken; what was taken goes on. */
  drain(): void {
    this.#draining = true;
    this.#tellStatus();
  }

  running(jobId: string): void {
    this.#send({
      case: 'updateJob',
      value: new UpdateJobStatus({ jobId, status: JobStatus.JS_RUNNING }),
    });
  }

  /** @param error what went wrong; absent: nothing */
  ended(jobId: string, error?: string): void {
    const status = error === undefined ? JobStatus.JS_SUCCESS : JobStatus.JS_FAILED;
    this.#send({
      case: 'updateJob',
      value: new UpdateJobStatus({ jobId, status, error: error ?? '' }),
    });
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#retry);
    clearInterval(this.#status);
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #connect(): Promise<void> {
    const { url, apiKey, apiSecret } = this.#keys;
    const token = new AccessToken(apiKey, apiSecret, { ttl: '1h' });
    token.addGrant({ agent: true });
    const registered = Promise.withResolvers<void>();
    const socket = await MessageSocket.open(`${socketUrl(url)}/agent?protocol=1`, {
      token: await token.toJwt(),
      signal: this.#closing.signal,
      events: {
        message: data => {
          const { message } = ServerMessage.fromBinary(data);
          if (message.case === 'register') registered.resolve();
          else this.#received(message);
        },
        closed: error => {
          registered.reject(error);
          if (this.#socket === socket) this.#lost(error);
        },
      },
    });
    const tooLate = setTimeout(
      () => registered.reject(new LiveKitError('the LiveKit server does not answer the registration of a worker')),
      REGISTER_MS,
    );
    try {
      socket.send(
        new WorkerMessage({
          message: {
            case: 'register',
            value: new RegisterWorkerRequest({
              type: JobType.JT_ROOM,
              agentName: this.#agentName,
              version: '1',
              pingInterval: PING_SECONDS,
              allowedPermissions: new ParticipantPermission({
                canPublish: true,
                canSubscribe: true,
                canPublishData: true,
                canUpdateMetadata: true,
                agent: true,
              }),
            }),
          },
        }),
      );
      await registered.promise;
    } catch (error) {
      socket.terminate();
      throw error;
    } finally {
      clearTimeout(tooLate);
    }
    this.#socket = socket;
    this.#status = setInterval(() => this.#tellStatus(), STATUS_MS);
    this.#tellStatus();
    this.#events.connected(true);
  }

  #lost(error: LiveKitError): void {
    clearInterval(this.#status);
    this.#socket = undefined;
    if (this.#closing.signal.aborted) return;
    this.#events.connected(false, error);
    this.#retry = setTimeout(() => void this.start(), this.#retryMs);
    this.#retryMs = Math.min(RETRY_MS.most, this.#retryMs * 2);
  }

  #tellStatus(): void {
    const { load, jobs } = this.#events.load();
    const status = this.#draining ? WorkerStatus.WS_FULL : WorkerStatus.WS_AVAILABLE;
    this.#send({ case: 'updateWorker', value: new UpdateWorkerStatus({ status, load, jobCount: jobs }) });
    this.#send({ case: 'ping', value: new WorkerPing({ timestamp: BigInt(Date.now()) }) });
  }

  #received(message: ServerMessage['message']): void {
    if (message.case === 'availability') {
      const { job } = message.value;
      if (job === undefined) return;
      const taken = this.#draining ? undefined : this.#events.offered(job);
      this.#send({
        case: 'availability',
        value: new AvailabilityResponse({
          jobId: job.id,
          available: taken !== undefined,
          ...(taken !== undefined && {
            participantIdentity: taken.identity,
            participantName: taken.name,
            participantAttributes: taken.attributes,
          }),
        }),
      });
    } else if (message.case === 'assignment') {
      const { job, token } = message.value;
      if (job !== undefined) this.#events.assigned(job, token);
    } else if (message.case === 'termination') this.#events.terminated(message.value.jobId);
  }

  #send(message: WorkerMessage['message']): void {
    this.#socket?.send(new WorkerMessage({ message }));
  }
}
