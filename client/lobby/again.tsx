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
        Remember me next time
      </label>
      {isKnown && (
        <>
          <label className="check">
            <input
              type="checkbox"
              checked={resume}
              onChange={({ target }) => onChange({ remember, resume: target.checked })}
            />
            Continue our last conversation
          </label>
          <a href="/conversations">Conversations</a>
        </>
      )}
    </div>
  );
}
