import type { Socket } from 'socket.io';
import type { HostHello, HostStatus, ToHost, ToHostName } from '../../protocol/agents.ts';

/** One connected agent host. */
export class Host {
  readonly id: string;
  readonly capacity: number;
  /** Takes jobs when no other host can. */
  readonly standby: boolean;
  readonly personas: HostHello['personas'];
  readonly avatars: HostHello['avatars'];
  readonly ownVoices: boolean;
  readonly cloning: HostHello['cloning'];
  status: HostStatus = { modelLoaded: false, avatarReady: false, draining: false, jobs: 0, load: 0, lacking: [] };
  readonly #socket: Socket;

  constructor(hello: HostHello, socket: Socket) {
    this.id = hello.hostId;
    this.capacity = hello.capacity;
    this.standby = hello.standby;
    this.personas = hello.personas;
    this.avatars = hello.avatars;
    this.ownVoices = hello.ownVoices;
    this.cloning = hello.cloning;
    this.#socket = socket;
  }

  get ready(): boolean {
    return this.status.modelLoaded && this.status.avatarReady && !this.status.draining;
  }

  /** The one that it takes when it is asked for this one: the first where it has no such. */
  persona(id: string | undefined): HostHello['personas'][number] | undefined {
    return this.personas.find(persona => persona.id === id) ?? this.personas[0];
  }

  send<N extends ToHostName>(name: N, payload: ToHost<N>): void {
    this.#socket.emit(name, payload);
  }

  /** Asks whether it still runs; false where the line to it takes nothing now. */
  pulse(answered: () => void): boolean {
    if (!this.#socket.conn.transport.writable) return false;
    this.#socket.emit('pulse', {}, answered);
    return true;
  }

  /** Nothing it says counts any more. */
  disconnect(): void {
    this.#socket.disconnect(true);
  }

  /** Asks and waits for the answer; rejects after `timeoutMs` or when the host is gone. */
  request<N extends ToHostName>(name: N, payload: ToHost<N>, timeoutMs: number): Promise<unknown> {
    return this.#socket.timeout(timeoutMs).emitWithAck(name, payload);
  }
}
