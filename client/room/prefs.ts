import type { Consent } from '../../protocol/feelings.ts';

/** What this browser remembers between calls. */
export type Prefs = {
  name?: string;
  muted?: boolean;
  cameraOff?: boolean;
  microphoneId?: string;
  cameraId?: string;
  speakerId?: string;
  /** What is behind this person is blurred. */
  blur?: boolean;
  /** How quick answers are is shown. */
  timing?: boolean;
  captions?: boolean;
  captionStyle?: { size?: 'small' | 'medium' | 'large'; place?: 'over' | 'below' };
  view?: 'speaker' | 'grid';
  avatar?: string;
  /** Who is alone is told how to invite somebody. */
  inviteHint?: boolean;
  /** What an avatar may notice of this person, once they have said so. */
  consent?: Partial<Consent>;
  remember?: boolean;
  /** Of the page, once one was chosen. */
  language?: string;
};

const KEY = 'visavis';

/** Never throws: storage may be forbidden or full, and then nothing is remembered. */
export function loadPrefs(storage: Storage | undefined = globalThis.localStorage): Prefs {
  try {
    return JSON.parse(storage?.getItem(KEY) ?? '{}') as Prefs;
  } catch {
    return {};
  }
}

/** Remembers some more. */
export function savePrefs(change: Prefs, storage: Storage | undefined = globalThis.localStorage): void {
  try {
    storage?.setItem(KEY, JSON.stringify({ ...loadPrefs(storage), ...change }));
  } catch {
    // Not remembered, then.
  }
}
