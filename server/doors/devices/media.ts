/** The thread that carries devices' sound: started with the first device, and again where it ended. */
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { DeviceCodec, FromDeviceMedia, OpenDevice, ToDeviceMedia } from '../../../protocol/device-media.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../../devices/thread.ts');

export interface DeviceSound {
  /** The stream that it sends into the room. */
  readonly ssrc: number;
  /** Opens its socket on that address; resolves to its port, rejects where it fails. */
  bind(ip: string): Promise<number>;
  send(message: ToDeviceMedia): void;
  close(): void;
}

export interface DeviceSoundEvents {
  chunk(chunk: Extract<FromDeviceMedia, { type: 'chunk' }>): void;
  flooded(): void;
  /** It carries nothing any more. */
  failed(message: string): void;
}

export class DeviceMedia {
  readonly #log: Logger;
  #worker: Worker | undefined;
  readonly #open = new Set<DeviceSoundEvents>();
  #closed = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  open(codec: DeviceCodec, events: DeviceSoundEvents): DeviceSound {
    const worker = this.#running();
    const { port1: port, port2 } = new MessageChannel();
    const ssrc = randomInt(1, 2 ** 31);
    let bound = (_port: number) => {};
    let refused = (_error: Error) => {};
    const mine: DeviceSoundEvents = {
      ...events,
      failed: message => {
        refused(new Error(message));
        events.failed(message);
      },
    };
    port.on('message', (message: FromDeviceMedia) => {
      if (message.type === 'bound') bound(message.port);
      else if (message.type === 'chunk') mine.chunk(message);
      else if (message.type === 'flooded') mine.flooded();
      else mine.failed(message.message);
    });
    port.unref();
    this.#open.add(mine);
    return {
      ssrc,
      bind: ip =>
        new Promise((resolve, reject) => {
          [bound, refused] = [resolve, reject];
          worker.postMessage({ port: port2, ip, ssrc, codec } satisfies OpenDevice<MessagePort>, [port2]);
        }),
      send: message => port.postMessage(message),
      close: () => {
        this.#open.delete(mine);
        port.postMessage({ type: 'close' } satisfies ToDeviceMedia);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(ENTRY, { name: 'devices' });
    this.#worker = worker;
    worker.on('error', error => this.#log.error({ reason: String(error) }, 'the devices’ thread failed'));
    worker.once('exit', () => {
      this.#worker = undefined;
      if (this.#closed) return;
      for (const events of [...this.#open]) {
        this.#open.delete(events);
        events.failed('the thread that carries it ended');
      }
    });
    return worker;
  }
}
