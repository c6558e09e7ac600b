import { lazy, Suspense, useRef, useState } from 'react';

const Qr = lazy(() => import('./qr.tsx').then(({ Qr: code }) => ({ default: code })));

/** Where somebody else finds this room: a link to copy, to share, and as a picture for a phone. */
export function Invite({ link, room }: { link: string; room: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState('');
  const [code, setCode] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setSaid('Copied.');
    } catch {
      // No clipboard without https, or without leave.
      field.current?.select();
      setSaid('The link is selected: copy it with Ctrl C.');
    }
  };
  return (
    <div className="invite">
      <label className="field">
        <span>Link to this room</span>
        <input ref={field} readOnly dir="ltr" value={link} onFocus={({ target }) => target.select()} />
      </label>
      <div className="invite-ways">
        <button type="button" className="primary small" onClick={() => void copy()}>
          Copy link
        </button>
        {'share' in navigator && (
          <button
            type="button"
            className="secondary small"
            // Rejects when the person changes their mind.
            onClick={() => void navigator.share({ title: `Video call: ${room}`, url: link }).catch(() => {})}
          >
            Share…
          </button>
        )}
        <button type="button" className="secondary small" aria-expanded={code} onClick={() => setCode(!code)}>
          QR code
        </button>
        <output>{said}</output>
      </div>
      {code && (
        <Suspense fallback={<p className="quiet">Drawing…</p>}>
          <Qr text={link} label="QR code of the link to this room" />
        </Suspense>
      )}
    </div>
  );
}

/** Where a room is entered with a signed invitation, this page cannot make another. */
export const ByInvitation = () => (
  <p className="quiet">You came here with an invitation of your own. Whoever sent it to you can invite others, too.</p>
);

/** For who is alone: one line, until they do not want to see it. */
export function InviteHint({ onInvite, onDismiss }: { onInvite(): void; onDismiss(): void }) {
  return (
    <p className="invite-hint">
      <span>Just you so far.</span>
      <button type="button" onClick={onInvite}>
        Invite somebody
      </button>
      <button type="button" aria-label="Do not show this again" title="Do not show this again" onClick={onDismiss}>
        ×
      </button>
    </p>
  );
}
