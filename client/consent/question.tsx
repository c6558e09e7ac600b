import { useId } from 'react';
import type { Lasting } from './answered.ts';
import './consent.css';

/** Asked once, beside the conversation; three answers of the same weight. */
export function Question({ name, onAnswer }: { name: string; onAnswer(answer: Lasting): void }) {
  const id = useId();
  return (
    <section className="may-i" aria-labelledby={id}>
      <h2 id={id}>
        May <bdi dir="auto">{name}</bdi> notice how you feel, and look when you show something?
      </h2>
      <p>
        From your face, voice and words; and at your camera or screen, only when you ask about what is to be seen.
        Nothing before you say yes; you can change your mind at any time.
      </p>
      <p className="may-i-answers">
        <button type="button" onClick={() => onAnswer({ feelings: true, sight: true })}>
          Yes
        </button>
        <button type="button" onClick={() => onAnswer({ feelings: true, sight: false })}>
          Only how I feel
        </button>
        <button type="button" onClick={() => onAnswer({ feelings: false, sight: false })}>
          No
        </button>
      </p>
    </section>
  );
}
