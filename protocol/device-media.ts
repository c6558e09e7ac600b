/** What the device door says to the thread that carries a device's sound, and what it is told. */

export type DeviceCodec = 'pcm' | 'opus';

/** To the thread: carries one more device; a port for it is transferred. */
export interface OpenDevice<Port> {
  port: Port;
  /** Where to open its socket. */
  ip: string;
  ssrc: number;
  codec: DeviceCodec;
}

export type ToDeviceMedia =
  /** Where the room is: nothing goes there, or comes from there, before. */
  | { type: 'connect'; ip: string; port: number }
  /** What the device sent: PCM16 at 16 kHz, or one Opus packet; `played`: what its loudspeaker played at its beginning. */
  | { type: 'sound'; sound: Uint8Array; played?: number | undefined }
  /** It hears this voice; `avatar` is whose sound `begins` tells of. */
  | { type: 'listen'; identity: string; ssrc: number; avatar: boolean }
  | { type: 'unlisten'; identity: string }
  /** The device says that this position of its sound is what it plays. */
  | { type: 'played'; position: number }
  /** What was not sent yet is thrown away. */
  | { type: 'flush' }
  | { type: 'close' };

export type FromDeviceMedia =
  | { type: 'bound'; port: number }
  /** `flags`, `sequence` and `position` as in protocol/device.ts; `avatarAt`: where in it the avatar's voice begins. */
  | { type: 'chunk'; flags: number; sequence: number; position: number; sound: Uint8Array; avatarAt?: number }
  /** More came than a microphone makes: it was left out. */
  | { type: 'flooded' }
  | { type: 'failed'; message: string };
