import { beforeEach, describe, expect, it } from 'vitest';
import { rememberingBrowser } from '../room/testing.ts';
import { Speakers } from './speakers.ts';

rememberingBrowser();

let plugged: string[];
let changed: () => void;
const devices = {
  enumerateDevices: async () =>
    plugged.map(deviceId => ({ deviceId, label: `${deviceId} loudspeaker`, kind: 'audiooutput' })) as MediaDeviceInfo[],
  addEventListener: (_: string, listener: () => void) => {
    changed = listener;
  },
} as unknown as MediaDevices;
const settle = () => Promise.resolve().then(() => Promise.resolve());

beforeEach(() => {
  plugged = ['desk', 'headset'];
});

describe('the loudspeaker', () => {
  it('is the device’s own until one is chosen, which is remembered', async () => {
    const speakers = new Speakers(devices);
    await speakers.refresh();
    expect(speakers.store.get()).toMatchObject({ choices: [{ id: 'desk' }, { id: 'headset' }], sinkId: '' });
    speakers.choose('headset');
    expect(speakers.store.get().sinkId).toBe('headset');
    const later = new Speakers(devices);
    await later.refresh();
    expect(later.store.get().sinkId).toBe('headset');
  });

  it('falls back when it is unplugged, and is used again when it is back', async () => {
    const speakers = new Speakers(devices);
    await speakers.refresh();
    speakers.choose('headset');
    for (const [present, sinkId] of [
      [['desk'], ''],
      [['desk', 'headset'], 'headset'],
    ] as const) {
      plugged = [...present];
      changed();
      await settle();
      expect(speakers.store.get()).toMatchObject({ wanted: 'headset', sinkId });
    }
  });

  it('cannot be chosen where the browser does not let a page do so', async () => {
    const speakers = new Speakers(undefined);
    await speakers.refresh();
    expect(speakers.store.get()).toEqual({ choices: [], sinkId: '' });
  });
});
