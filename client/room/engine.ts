import type { types } from 'mediasoup-client';
import type { RoomParts } from './parts.ts';

/**
 * The browser's WebRTC engine, made ready ahead of time: the module is loaded, the handler chosen, and what the
 * engine can do is found out once. All of that costs as much as the whole rest of joining.
 */
export class Engine {
  #ready: Promise<() => types.Device> | undefined;

  /** Begins to make ready; called by the lobby. */
  warm(): void {
    void this.#prepare().catch(() => {});
  }

  readonly createDevice: RoomParts['createDevice'] = async () => (await this.#prepare())();

  #prepare(): Promise<() => types.Device> {
    this.#ready ??= this.#load();
    return this.#ready;
  }

  async #load(): Promise<() => types.Device> {
    const { Device, detectDeviceAsync } = await import('mediasoup-client');
    const handlerName = await detectDeviceAsync();
    if (handlerName !== 'Chrome111') return () => new Device({ handlerName });
    const { Chrome111 } = await import('mediasoup-client/handlers/Chrome111');
    const factory = Chrome111.createFactory({});
    const known = new Map<string, Promise<types.RtpCapabilities>>();
    const handlerFactory: typeof factory = {
      ...factory,
      getNativeRtpCapabilities: options => {
        const asked = known.get(options.direction) ?? factory.getNativeRtpCapabilities(options);
        known.set(options.direction, asked);
        return asked;
      },
    };
    await Promise.all([
      handlerFactory.getNativeRtpCapabilities({ direction: 'sendonly' }),
      handlerFactory.getNativeRtpCapabilities({ direction: 'recvonly' }),
    ]);
    return () => new Device({ handlerFactory });
  }
}
