import type { Source } from '../../protocol/signaling.ts';
import type { Blurred } from '../blur/blurred.ts';
import { t } from '../words/words.ts';
import { loadPrefs, savePrefs } from './prefs.ts';
import type { Wanted } from './publisher.ts';
import { patch, Store } from './store.ts';

/** How a microphone or camera is doing. `lost`: it was unplugged. */
export type DeviceStatus = 'off' | 'asking' | 'on' | 'refused' | 'missing' | 'busy' | 'insecure' | 'lost';

export type DeviceKind = 'microphone' | 'camera';
export type DeviceChoice = { id: string; label: string };
export type LocalDevice = {
  status: DeviceStatus;
  track?: MediaStreamTrack;
  choices: readonly DeviceChoice[];
  chosen?: string;
};
export type LocalState = {
  microphone: LocalDevice;
  camera: LocalDevice;
  muted: boolean;
  /** What is behind this person: as it is, blurred, or as it is because this computer was too slow or cannot do it. */
  blur: 'off' | 'on' | 'slow' | 'failed';
  /** Came in by a link that joins at once: nothing is opened before a click. */
  heldBack: boolean;
  /** The screen or window that is shared. */
  screen?: MediaStreamTrack;
};

/** Blurs a camera's background; see {@link blurred}. */
type Blurring = (camera: MediaStreamTrack, onSlow: () => void) => Promise<Blurred>;
type BlurredCamera = { raw: MediaStreamTrack; made: Blurred };
/** Loaded only when somebody wants it. */
const loadBlurring: Blurring = async (camera, onSlow) => (await import('../blur/blurred.ts')).blurred(camera, onSlow);

type Devices = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'> &
  Partial<Pick<MediaDevices, 'getDisplayMedia'>>;

const SCREEN_FPS = 15;

const constraintsOf: Record<DeviceKind, MediaTrackConstraints> = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  camera: { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 30 }, facingMode: 'user' },
};

/** Translates what the browser says when it gives no device. */
export function statusOf(error: unknown): DeviceStatus {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}

/** This person's microphone and camera: opened once, shown in the lobby, sent in the call. */
export class LocalMedia {
  readonly store: Store<LocalState>;
  readonly #devices: Devices | undefined;
  readonly #blurring: Blurring;
  /** What blurs the camera's picture now, and the camera itself. */
  #blurred: BlurredCamera | undefined;
  readonly #onChange = () => void this.#list();
  /** Counts openings of each kind, so that a late answer of an earlier one is thrown away. */
  readonly #openings = { microphone: 0, camera: 0, screen: 0 };

  constructor(devices: Devices | undefined = globalThis.navigator?.mediaDevices, blurring = loadBlurring) {
    const prefs = loadPrefs();
    const off: LocalDevice = { status: 'off', choices: [] };
    this.#devices = devices;
    this.#blurring = blurring;
    this.store = new Store<LocalState>({
      microphone: { ...off, chosen: prefs.microphoneId },
      camera: { ...off, chosen: prefs.cameraId },
      muted: prefs.muted ?? false,
      blur: prefs.blur === true ? 'on' : 'off',
      heldBack: false,
    });
    devices?.addEventListener('devicechange', this.#onChange);
  }

  /** Asks for whatever is wanted and not open yet; both in one question where that works. */
  async open(withCamera = !loadPrefs().cameraOff): Promise<void> {
    const state = this.store.get();
    const kinds: DeviceKind[] = [];
    if (!['on', 'asking'].includes(state.microphone.status)) kinds.push('microphone');
    if (withCamera && !['on', 'asking'].includes(state.camera.status)) kinds.push('camera');
    if (kinds.length === 0) return;
    if (kinds.length === 1 || !(await this.#openBoth())) for (const kind of kinds) await this.#open(kind);
    await this.#list();
  }

  /** Nothing is opened by itself: muted and without a camera, until the person, or who vouches for them, says so. */
  holdBack(): void {
    patch(this.store, { muted: true, heldBack: true });
  }

  /** Who has signed the invitation vouches for it: microphone and camera as the person had them last. */
  async vouchedFor(): Promise<void> {
    if (!this.store.get().heldBack) return;
    patch(this.store, { muted: loadPrefs().muted ?? false, heldBack: false });
    await this.open();
  }

  setMuted(muted: boolean): void {
    const { track } = this.store.get().microphone;
    if (track) track.enabled = !muted;
    savePrefs({ muted });
    patch(this.store, { muted, heldBack: false });
  }

  async setCamera(on: boolean): Promise<void> {
    savePrefs({ cameraOff: !on });
    if (on) {
      await this.#open('camera');
      await this.#list();
    } else {
      this.#stop('camera', 'off');
    }
  }

  /** Blurs what is behind this person, or shows it again. */
  async setBlur(on: boolean, why: 'off' | 'slow' | 'failed' = 'off'): Promise<void> {
    savePrefs({ blur: on });
    patch(this.store, { blur: on ? 'on' : why });
    if (['on', 'asking'].includes(this.store.get().camera.status)) await this.#open('camera');
  }

  /** This browser can share a screen; phones cannot. */
  get canShareScreen(): boolean {
    return this.#devices?.getDisplayMedia !== undefined;
  }

  /** Asks which screen or window to share; nothing changes where the person thinks better of it. */
  async shareScreen(): Promise<void> {
    const sharing = ++this.#openings.screen;
    const stream = await this.#devices
      ?.getDisplayMedia?.({ video: { frameRate: { max: SCREEN_FPS } }, audio: false })
      .catch(() => undefined);
    const [track] = stream?.getVideoTracks() ?? [];
    if (track === undefined) return;
    if (sharing !== this.#openings.screen) {
      track.stop();
      return;
    }
    // Text is to be read; that it moves smoothly matters less.
    track.contentHint = 'detail';
    track.addEventListener('ended', () => {
      if (this.store.get().screen === track) this.stopScreen();
    });
    this.store.get().screen?.stop();
    patch(this.store, { screen: track });
  }

  stopScreen(): void {
    this.#openings.screen++;
    this.store.get().screen?.stop();
    patch(this.store, { screen: undefined });
  }

  /** Changes to another microphone or camera; an open one is replaced at once. */
  async choose(kind: DeviceKind, id: string): Promise<void> {
    savePrefs(kind === 'microphone' ? { microphoneId: id } : { cameraId: id });
    this.#set(kind, { chosen: id });
    await this.#open(kind);
  }

  /** What is to be sent now. */
  wanted(): ReadonlyMap<Source, Wanted> {
    const { microphone, camera, screen, muted } = this.store.get();
    const wanted = new Map<Source, Wanted>();
    if (microphone.track) wanted.set('microphone', { track: microphone.track, muted });
    if (camera.track) wanted.set('camera', { track: camera.track, muted: false });
    if (screen) wanted.set('screen', { track: screen, muted: false });
    return wanted;
  }

  /** Lets go of the devices: their lights go out. */
  release(): void {
    this.#stop('microphone', 'off');
    this.#stop('camera', 'off');
    this.stopScreen();
  }

  close(): void {
    this.release();
    this.#devices?.removeEventListener('devicechange', this.#onChange);
  }

  #set(kind: DeviceKind, change: Partial<LocalDevice>): void {
    patch(this.store, { [kind]: { ...this.store.get()[kind], ...change } });
  }

  #constraints(kind: DeviceKind): MediaTrackConstraints {
    const { chosen } = this.store.get()[kind];
    return chosen ? { ...constraintsOf[kind], deviceId: { ideal: chosen } } : constraintsOf[kind];
  }

  async #openBoth(): Promise<boolean> {
    if (!this.#devices) return false;
    const opening = { microphone: ++this.#openings.microphone, camera: ++this.#openings.camera };
    this.#set('microphone', { status: 'asking' });
    this.#set('camera', { status: 'asking' });
    try {
      const stream = await this.#devices.getUserMedia({
        audio: this.#constraints('microphone'),
        video: this.#constraints('camera'),
      });
      for (const track of stream.getTracks()) {
        const kind = track.kind === 'audio' ? 'microphone' : 'camera';
        this.#take(kind, opening[kind], track);
      }
      return true;
    } catch {
      return false;
    }
  }

  async #open(kind: DeviceKind): Promise<void> {
    const opening = ++this.#openings[kind];
    if (!this.#devices) return this.#set(kind, { status: 'insecure' });
    this.#set(kind, { status: 'asking' });
    try {
      const constraints = this.#constraints(kind);
      const stream = await this.#devices.getUserMedia(
        kind === 'microphone' ? { audio: constraints } : { video: constraints },
      );
      for (const track of stream.getTracks()) this.#take(kind, opening, track);
    } catch (error) {
      if (opening === this.#openings[kind]) this.#stop(kind, statusOf(error));
    }
  }

  #take(kind: DeviceKind, opening: number, track: MediaStreamTrack): void {
    if (opening !== this.#openings[kind]) {
      track.stop();
      return;
    }
    if (kind === 'microphone') track.enabled = !this.store.get().muted;
    track.addEventListener('ended', () => {
      if (this.store.get()[kind].track === track || this.#blurred?.raw === track) this.#stop(kind, 'lost');
    });
    if (kind === 'camera' && this.store.get().blur === 'on') void this.#blur(opening, track);
    else this.#show(kind, track, track.getSettings().deviceId);
  }

  #show(kind: DeviceKind, track: MediaStreamTrack, chosen: string | undefined, blurred?: BlurredCamera): void {
    const { track: before } = this.store.get()[kind];
    const unblurred = kind === 'camera' ? this.#blurred : undefined;
    if (kind === 'camera') this.#blurred = blurred;
    this.#set(kind, { status: 'on', track, chosen });
    before?.stop();
    letGo(unblurred);
  }

  /** Until it is blurred, nobody sees it. */
  async #blur(opening: number, raw: MediaStreamTrack): Promise<void> {
    try {
      const made = await this.#blurring(raw, () => {
        if (this.#blurred?.raw === raw) void this.setBlur(false, 'slow');
      });
      if (opening !== this.#openings.camera) letGo({ raw, made });
      else this.#show('camera', made.track, raw.getSettings().deviceId, { raw, made });
    } catch {
      raw.stop();
      if (opening !== this.#openings.camera) return;
      // They wanted not to show it: so the camera stays off until they say otherwise.
      this.#stop('camera', 'off');
      await this.setBlur(false, 'failed');
    }
  }

  #stop(kind: DeviceKind, status: DeviceStatus): void {
    this.#openings[kind]++;
    const { track } = this.store.get()[kind];
    const blurred = kind === 'camera' ? this.#blurred : undefined;
    if (kind === 'camera') this.#blurred = undefined;
    this.#set(kind, { status, track: undefined });
    track?.stop();
    letGo(blurred);
  }

  async #list(): Promise<void> {
    const all = (await this.#devices?.enumerateDevices().catch(() => [])) ?? [];
    const choices = (kind: MediaDeviceKind, word: 'device.microphone' | 'device.camera') =>
      all
        .filter(device => device.kind === kind && device.deviceId !== '')
        .map((device, index) => ({ id: device.deviceId, label: device.label || `${t(word)} ${index + 1}` }));
    this.#set('microphone', { choices: choices('audioinput', 'device.microphone') });
    this.#set('camera', { choices: choices('videoinput', 'device.camera') });
    // One that was unplugged and is back, or another one instead.
    for (const kind of ['microphone', 'camera'] as const) {
      const { status, choices: found } = this.store.get()[kind];
      if (status === 'lost' && found.length > 0) void this.#open(kind);
    }
  }
}

/** The light of the camera goes out. */
function letGo(blurred: BlurredCamera | undefined): void {
  blurred?.made.close();
  blurred?.raw.stop();
}
