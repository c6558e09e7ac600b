import { useState } from 'react';
import { type Lasting, lastingOf } from '../consent/answered.ts';
import { loadPrefs, savePrefs } from '../room/prefs.ts';

/** What the avatar may notice in the call: who says so here is not asked there. */
export function MayNotice({ name }: { name: string }) {
  const [may, setMay] = useState(() => lastingOf(loadPrefs()));
  const change = (said: Partial<Lasting>) => {
    const now = { ...may, ...said };
    savePrefs({ consent: now });
    setMay(now);
  };
  return (
    <fieldset className="may-notice">
      <legend className="unseen">What the avatar may notice</legend>
      <label className="check">
        <input type="checkbox" checked={may.feelings} onChange={({ target }) => change({ feelings: target.checked })} />
        <span>
          <bdi dir="auto">{name}</bdi> may notice how I feel
          <small>From face, voice and words. Nobody else in the call is shown it.</small>
        </span>
      </label>
      <label className="check">
        <input type="checkbox" checked={may.sight} onChange={({ target }) => change({ sight: target.checked })} />
        <span>
          <bdi dir="auto">{name}</bdi> may look when I show something
          <small>When you ask about something to see, a picture goes to the language model.</small>
        </span>
      </label>
    </fieldset>
  );
}
