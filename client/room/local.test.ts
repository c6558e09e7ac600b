import { describe, expect, it, vi } from 'vitest';
import { LocalMedia, statusOf } from './local.ts';

const named = (name: string) => Object.assign(new Error(name), { name });

class Track extends EventTarget {
  enabled = true;
  stop = vi.fn();
  readonly kind: string;
  constructor(kind: string) {
    super();
    this.kind = kind;
  }
  getSettings() {
    return { deviceId: `${this.kind}-1` };
  }
}

function computer(refuse: { audio?: string; video?: string; screen?: string } = {}) {
  const tracks: Track[] = [];
  const getUserMedia = vi.fn(async ({ audio, video }: MediaStreamConstraints) => {
    if (audio && refuse.audio) throw named(refuse.audio);
    if (video && refuse.video) throw named(refuse.video);
    const made = [audio && new Track('audio'), video && new Track('video')].filter(track => track instanceof Track);
    tracks.push(...made);
    return { getTracks: () => made };
  });
  const listen = { addEventListener: () => {}, removeEventListener: () => {} };
  const getDisplayMedia = vi.fn(async () => {
    if (refuse.screen) throw named(refuse.screen);
    const track = new Track('video');
    tracks.push(track);
    return { getVideoTracks: () => [track] };
  });
  const devices = { getUserMedia, getDisplayMedia, enumerateDevices: async () => [], ...listen };
  const asDevices = devices as unknown as MediaDevices;
  return { tracks, getUserMedia, devices: asDevices, local: new LocalMedia(asDevices) };
}

describe('[S1] a blurred background', () => {
  /** A camera whose blurring ends when the test says so. */
  async function blurring() {
    const { tracks, devices } = computer();
    const ready = Promise.withResolvers<void>();
    const closed: MediaStreamTrack[] = [];
    let slow = () => {};
    const local = new LocalMedia(devices, async (raw, onSlow) => {
      slow = onSlow;
      await ready.promise;
      return { track: new Track('video') as unknown as MediaStreamTrack, close: () => void closed.push(raw) };
    });
    const camera = () => local.store.get().camera;
    const cameras = () => tracks.filter(({ kind }) => kind === 'video');
    await local.setBlur(true);
    await local.open();
    return { local, camera, cameras, ready, closed, slow: () => slow() };
  }

  it('shows nobody the camera before it is blurred, and lets go of it afterwards', async () => {
    const { local, camera, cameras, ready, closed } = await blurring();
    expect([camera().status, camera().track]).toEqual(['asking', undefined]);
    expect(local.wanted().has('camera')).toBe(false);
    ready.resolve();
    await vi.waitUntil(() => camera().status === 'on');
    expect(cameras()).not.toContain(camera().track);
    await local.setCamera(false);
    expect(closed).toEqual(cameras());
    expect(cameras()[0]!.stop).toHaveBeenCalled();
  });

  it('is given up where the computer is too slow, which is told; the camera goes on', async () => {
    const { local, camera, cameras, ready, slow } = await blurring();
    ready.resolve();
    await vi.waitUntil(() => camera().status === 'on');
    slow();
    await vi.waitUntil(() => camera().track === (cameras()[1] as unknown));
    expect(local.store.get().blur).toBe('slow');
    expect(cameras()[0]!.stop).toHaveBeenCalled();
  });

  it('turns the camera off where it cannot be: what should be hidden is not shown', async () => {
    const { local, camera, cameras, ready } = await blurring();
    ready.reject(new Error('no graphics'));
    await vi.waitUntil(() => local.store.get().blur === 'failed');
    expect(camera()).toMatchObject({ status: 'off', track: undefined });
    expect(cameras()[0]!.stop).toHaveBeenCalled();
  });
});

describe('[S1] a link that joins at once', () => {
  it('opens nothing by itself; who signed the invitation may vouch for it', async () => {
    const { local, getUserMedia } = computer();
    local.holdBack();
    expect(local.store.get()).toMatchObject({ muted: true, heldBack: true });
    expect(getUserMedia).not.toHaveBeenCalled();
    await local.vouchedFor();
    expect(local.store.get()).toMatchObject({ muted: false, heldBack: false });
    expect([...local.wanted().keys()]).toEqual(['microphone', 'camera']);
  });

  it('changes nothing for who came by a click', async () => {
    const { local, getUserMedia } = computer();
    local.setMuted(true);
    await local.vouchedFor();
    expect(local.store.get().muted).toBe(true);
    expect(getUserMedia).not.toHaveBeenCalled();
  });
});

describe('microphone and camera', () => {
  it('are asked for in one question', async () => {
    const { local, getUserMedia } = computer();
    await local.open();
    expect(getUserMedia).toHaveBeenCalledOnce();
    expect([...local.wanted().keys()]).toEqual(['microphone', 'camera']);
  });

  it('do not fail together: without a camera one is still heard', async () => {
    const { local } = computer({ video: 'NotFoundError' });
    await local.open();
    expect(local.store.get().camera.status).toBe('missing');
    expect([...local.wanted().keys()]).toEqual(['microphone']);
  });

  it('may both be refused; then there is nothing to send', async () => {
    const { local } = computer({ audio: 'NotAllowedError', video: 'NotAllowedError' });
    await local.open();
    expect(local.store.get()).toMatchObject({ microphone: { status: 'refused' }, camera: { status: 'refused' } });
    expect(local.wanted().size).toBe(0);
  });

  it('are silent at the source while muted, also when opened muted', async () => {
    const { local, tracks } = computer();
    local.setMuted(true);
    await local.open();
    expect(tracks[0]!.enabled).toBe(false);
    local.setMuted(false);
    expect(tracks[0]!.enabled).toBe(true);
  });

  it('go dark when the camera is turned off', async () => {
    const { local, tracks } = computer();
    await local.open();
    await local.setCamera(false);
    expect(tracks[1]!.stop).toHaveBeenCalledOnce();
    expect([...local.wanted().keys()]).toEqual(['microphone']);
  });

  it('are not taken by an answer that comes after the camera was turned off', async () => {
    const { local, tracks } = computer();
    const opening = local.setCamera(true);
    await local.setCamera(false);
    await opening;
    expect(tracks[0]!.stop).toHaveBeenCalledOnce();
    expect(local.store.get().camera).toMatchObject({ status: 'off', track: undefined });
  });

  it('are noticed when unplugged', async () => {
    const { local, tracks } = computer();
    await local.open();
    tracks[0]!.dispatchEvent(new Event('ended'));
    expect(local.store.get().microphone.status).toBe('lost');
  });

  it('are absent on a page that the browser does not trust', async () => {
    const local = new LocalMedia(undefined);
    await local.open();
    expect(local.store.get().microphone.status).toBe('insecure');
  });
});

it.each([
  ['NotAllowedError', 'refused'],
  ['NotFoundError', 'missing'],
  ['NotReadableError', 'busy'],
])('%s means %s', (name, status) => {
  expect(statusOf(named(name))).toBe(status);
});

describe('a shared screen', () => {
  it('is sent beside the camera, until it is stopped here or by the browser', async () => {
    const { local, tracks } = computer();
    await local.open();
    await local.shareScreen();
    expect([...local.wanted().keys()]).toEqual(['microphone', 'camera', 'screen']);
    tracks.at(-1)!.dispatchEvent(new Event('ended'));
    expect([...local.wanted().keys()]).toEqual(['microphone', 'camera']);
    await local.shareScreen();
    local.stopScreen();
    expect(tracks.at(-1)!.stop).toHaveBeenCalled();
    expect(local.wanted().has('screen')).toBe(false);
  });

  it('is not shared by somebody who thinks better of it, or who stopped while being asked', async () => {
    const { local } = computer({ screen: 'NotAllowedError' });
    await local.shareScreen();
    expect(local.wanted().has('screen')).toBe(false);
    const other = computer();
    const sharing = other.local.shareScreen();
    other.local.stopScreen();
    await sharing;
    expect(other.local.wanted().has('screen')).toBe(false);
    expect(other.tracks.at(-1)!.stop).toHaveBeenCalled();
  });

  it('ends with the call', async () => {
    const { local, tracks } = computer();
    await local.shareScreen();
    local.release();
    expect(tracks.at(-1)!.stop).toHaveBeenCalled();
  });
});
