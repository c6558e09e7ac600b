import type { DeviceKind, DeviceStatus } from '../room/local.ts';
import { type Key, t } from '../words/words.ts';

const words: Record<DeviceKind, Partial<Record<DeviceStatus, Key>>> = {
  microphone: {
    refused: 'microphone.refused',
    missing: 'microphone.missing',
    busy: 'microphone.busy',
    insecure: 'microphone.insecure',
    lost: 'microphone.lost',
  },
  camera: {
    refused: 'camera.refused',
    missing: 'camera.missing',
    busy: 'camera.busy',
    lost: 'camera.lost',
  },
};

/** What to tell people about a device that does not work; nothing when all is well or it is off by choice. */
export const deviceWords = (kind: DeviceKind, status: DeviceStatus): string | undefined => {
  const key = words[kind][status];
  return key && t(key);
};
