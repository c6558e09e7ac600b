/** Asked before anything is noticed: no is the answer until somebody says yes. */
export function MayNotice({ feelings, onChange }: { feelings: boolean; onChange(feelings: boolean): void }) {
  return (
    <label className="check may-notice">
      <input type="checkbox" checked={feelings} onChange={({ target }) => onChange(target.checked)} />
      <span>
        May the avatar notice how you feel?
        <small>From face, voice and words. Only you are shown it.</small>
      </span>
    </label>
  );
}
