import { lazy, Suspense, useRef, useState } from 'react';
import { t } from '../words/words.ts';

const Qr = lazy(() => import('./qr.tsx').then(({ Qr: code }) => ({ default: code })));

/** Where somebody else finds this room: a link to copy, to share, and as a picture for a phone. */
export function Invite({ link, room }: { link: string; room: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState('');
  const [code, setCode] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setSaid(t('invite.copied'));
    } catch {
      // No clipboard without https, or without leave.
      field.current?.select();
      setSaid(t('invite.selected'));
    }
  };
  return (
    <div className="invite">
      <label className="field">
        <span>{t('invite.link')}</span>
        <input ref={field} readOnly dir="ltr" value={link} onFocus={({ target }) => target.select()} />
      </label>
      <div className="invite-ways">
        <button type="button" className="primary small" onClick={() => void copy()}>
          {t('invite.copy')}
        </button>
        {'share' in navigator && (
          <button
            type="button"
            className="secondary small"
            // Rejects when the person changes their mind.
            onClick={() =>
              void navigator.share({ title: t('invite.share.title', { room }), url: link }).catch(() => {})
            }
          >
            {t('invite.share')}
          </button>
        )}
        <button type="button" className="secondary small" aria-expanded={code} onClick={() => setCode(!code)}>
          {t('invite.qr')}
        </button>
        <output>{said}</output>
      </div>
      {code && (
        <Suspense fallback={<p className="quiet">{t('invite.drawing')}</p>}>
          <Qr text={link} label={t('invite.qr.label')} />
        </Suspense>
      )}
    </div>
  );
}

/** Where a room is entered with a signed invitation, this page cannot make another. */
export const ByInvitation = () => <p className="quiet">{t('invite.byInvitation')}</p>;

/** For who is alone: one line, until they do not want to see it. */
export function InviteHint({ onInvite, onDismiss }: { onInvite(): void; onDismiss(): void }) {
  return (
    <p className="invite-hint">
      <span>{t('invite.alone')}</span>
      <button type="button" onClick={onInvite}>
        {t('invite.somebody')}
      </button>
      <button type="button" aria-label={t('invite.dismiss')} title={t('invite.dismiss')} onClick={onDismiss}>
        ×
      </button>
    </p>
  );
}
