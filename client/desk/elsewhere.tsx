import { focus } from '../ui/hooks.ts';

/** This browser is in the call already: a person is asked whether they mean to go on here. */
export function Elsewhere(props: {
  /** Moves the call to this tab. */
  onHere(): void;
  /** Absent: the invitation is for one person. */
  onAnother?: (() => void) | undefined;
  onBack(): void;
}) {
  const { onHere, onAnother, onBack } = props;
  return (
    <main className="nowhere">
      <h1 ref={focus} tabIndex={-1}>
        You are already in this call in another tab
      </h1>
      <p>Go on here? The other tab leaves the call then.</p>
      <p className="ways">
        <button type="button" className="primary" onClick={onHere}>
          Go on here
        </button>
        {onAnother && (
          <button type="button" className="secondary" onClick={onAnother}>
            Join as another person
          </button>
        )}
        <button type="button" className="secondary" onClick={onBack}>
          Back
        </button>
      </p>
    </main>
  );
}
