/** LiveKit's remote calls between participants, over data packets: asked, acknowledged, answered. */
import { randomUUID } from 'node:crypto';
import { DataPacket, DataPacket_Kind, RpcAck, RpcError, RpcRequest, RpcResponse } from '@livekit/protocol';
import { LiveKitError } from './errors.ts';

const ANSWER_MS = 8000;
const VERSION = 1;
/** As LiveKit numbers them. */
const UNSUPPORTED = 1400;
const FAILED = 1500;

/** Answers a call, or throws. */
export type Method = (payload: string, from: string) => string;

interface Waiting {
  resolve(payload: string): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

export class Rpc {
  readonly #send: (packet: DataPacket) => void;
  readonly #methods: Readonly<Record<string, Method>>;
  readonly #waiting = new Map<string, Waiting>();

  constructor(send: (packet: DataPacket) => void, methods: Readonly<Record<string, Method>>) {
    this.#send = send;
    this.#methods = methods;
  }

  /** Rejects with a LiveKitError where nobody answers, or they say no. */
  call(to: string, method: string, payload: string): Promise<string> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new LiveKitError(`${to} did not answer ${method} in ${ANSWER_MS / 1000} s`));
      }, ANSWER_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#tell(to, {
        case: 'rpcRequest',
        value: new RpcRequest({ id, method, payload, responseTimeoutMs: ANSWER_MS, version: VERSION }),
      });
    });
  }

  /** True where the packet was for it. */
  add({ participantIdentity: from, value }: DataPacket): boolean {
    if (value.case === 'rpcRequest') this.#asked(from, value.value);
    else if (value.case === 'rpcResponse') this.#answered(value.value);
    else return value.case === 'rpcAck';
    return true;
  }

  close(): void {
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new LiveKitError('the line was closed'));
    }
    this.#waiting.clear();
  }

  #asked(from: string, { id, method, payload }: RpcRequest): void {
    this.#tell(from, { case: 'rpcAck', value: new RpcAck({ requestId: id }) });
    const answer = (value: RpcResponse['value']) =>
      this.#tell(from, { case: 'rpcResponse', value: new RpcResponse({ requestId: id, value }) });
    const failed = (code: number, message: string) => answer({ case: 'error', value: new RpcError({ code, message }) });
    const known = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined;
    if (known === undefined) {
      failed(UNSUPPORTED, 'there is no such method');
      return;
    }
    try {
      answer({ case: 'payload', value: known(payload, from) });
    } catch (error) {
      failed(FAILED, (error as Error).message);
    }
  }

  #answered({ requestId, value }: RpcResponse): void {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined) return;
    this.#waiting.delete(requestId);
    clearTimeout(waiting.timer);
    if (value.case === 'payload') waiting.resolve(value.value);
    else
      waiting.reject(
        new LiveKitError(`refused: ${value.case === 'error' ? value.value.message : 'an answer that cannot be read'}`),
      );
  }

  #tell(to: string, value: DataPacket['value']): void {
    this.#send(new DataPacket({ kind: DataPacket_Kind.RELIABLE, destinationIdentities: [to], value }));
  }
}
