import { type DragEvent, useId, useState } from 'react';
import { PortraitIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';

/** Takes one picture file: dropped, pasted from a phone's library, or chosen with the keyboard. */
export function PortraitDrop({ onFile }: { onFile(file: File): void }) {
  const hintId = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  return (
    <label
      className={`portrait-drop${over ? ' over' : ''}`}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <PortraitIcon />
      <strong>{t('portrait.choose')}</strong>
      <span id={hintId}>{t('portrait.drop')}</span>
      <input
        type="file"
        className="unseen"
        accept="image/jpeg,image/png,image/webp"
        aria-label={t('portrait.choose')}
        aria-describedby={hintId}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file may be chosen again after a failure.
          target.value = '';
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
