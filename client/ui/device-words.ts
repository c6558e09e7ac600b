import type { DeviceKind, DeviceStatus } from '../room/local.ts';

const words: Record<DeviceKind, Partial<Record<DeviceStatus, string>>> = {
  microphone: {
    refused: 'The microphone is blocked. You can listen and type; to speak, allow it beside the address and unmute.',
    missing: 'No microphone was found. You can still listen and type; to speak, plug one in.',
    busy: 'The microphone could not be started; another program may be using it. You can still listen and type.',
    insecure:
      'Browsers give a microphone only to pages opened over https or on localhost. You can still listen and type.',
    lost: 'The microphone was unplugged. Plug it in again or choose another one; you can type meanwhile.',
  },
  camera: {
    refused: 'The camera is blocked for this page. You can take part without being seen.',
    missing: 'No camera was found. You can take part without being seen.',
    busy: 'The camera could not be started; another program may be using it. You can take part without being seen.',
    lost: 'The camera was unplugged. You can go on without being seen.',
  },
};

/** What to tell people about a device that does not work; nothing when all is well or it is off by choice. */
export const deviceWords = (kind: DeviceKind, status: DeviceStatus): string | undefined => words[kind][status];
