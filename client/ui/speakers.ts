import { loadPrefs, savePrefs } from '../room/prefs.ts';
import { Store } from '../room/store.ts';

type Choice = { id: string; label: string };
export type SpeakerState = {
  /** None: this browser does not let a page choose. */
  choices: readonly Choice[];
  /** What the person wants, be it plugged in or not. */
  wanted?: string;
  /** Where sound goes; empty: wherever the device's own settings say. */
  sinkId: string;
};

type Devices = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener'>;

/** What everybody else is heard through. One that is unplugged gives way to the usual one, until it is back. */
export class Speakers {
  readonly store: Store<SpeakerState>;
  readonly #devices: Devices | undefined;

  /** @param devices absent where a page cannot choose */
  constructor(devices: Devices | undefined) {
    const wanted = loadPrefs().speakerId;
    this.#devices = devices;
    this.store = new Store<SpeakerState>({ choices: [], ...(wanted !== undefined && { wanted }), sinkId: '' });
    devices?.addEventListener('devicechange', () => void this.refresh());
  }

  /** Looks which there are: names are known once the microphone is allowed. */
  async refresh(): Promise<void> {
    const all = (await this.#devices?.enumerateDevices().catch(() => [])) ?? [];
    const choices = all
      .filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== '')
      .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || String(i + 1) }));
    this.#put(choices, this.store.get().wanted);
  }

  choose(id: string): void {
    savePrefs({ speakerId: id });
    this.#put(this.store.get().choices, id);
  }

  #put(choices: readonly Choice[], wanted: string | undefined): void {
    const sinkId = choices.some(({ id }) => id === wanted) ? wanted! : '';
    this.store.set({ choices, ...(wanted !== undefined && { wanted }), sinkId });
  }
}

const canChoose = 'setSinkId' in (globalThis.HTMLMediaElement?.prototype ?? {});

/** Of this page. */
export const speakers = new Speakers(canChoose ? globalThis.navigator?.mediaDevices : undefined);

/** Lets an element be heard there; where that is refused, it stays where it is. */
export function playThrough(element: HTMLMediaElement, sinkId: string): void {
  if (!canChoose || element.sinkId === sinkId) return;
  void element.setSinkId(sinkId).catch(() => {});
}
