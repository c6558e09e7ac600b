/** Whether one wants to be known again, and what follows from it. */
export function Again(props: {
  remember: boolean;
  resume: boolean;
  /** This browser has been remembered before. */
  isKnown: boolean;
  onChange(wish: { remember: boolean; resume: boolean }): void;
}) {
  const { remember, resume, isKnown, onChange } = props;
  return (
    <div className="again">
      <label className="check">
        <input
          type="checkbox"
          checked={remember}
          onChange={({ target }) => onChange({ remember: target.checked, resume })}
        />
        <span>
          Remember me next time
          <small>
            What you tell of yourself is kept on this server under a key in this browser. You can read and erase it.
          </small>
        </span>
      </label>
      {isKnown && (
        <label className="check">
          <input
            type="checkbox"
            checked={resume}
            onChange={({ target }) => onChange({ remember, resume: target.checked })}
          />
          Continue our last conversation
        </label>
      )}
    </div>
  );
}
