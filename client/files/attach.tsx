import { type ChangeEvent, useRef, useState } from 'react';
import { ClipIcon } from '../ui/icons.tsx';
import { bytesOf } from '../words/format.ts';
import { t } from '../words/words.ts';
import { type FilePlace, sendFile } from './transfer.ts';
import './files.css';

/** What the server takes, so that nobody is offered what it will refuse. */
const ACCEPTED = 'image/jpeg,image/png,image/gif,image/webp,application/pdf,text/*';

type Props = {
  place: FilePlace;
  /** The largest one. */
  mostBytes: number;
  /** Told what went wrong; empty when it is over. */
  onComplaint(complaint: string): void;
};

/** Sends files to the people in the call, one after the other. */
export function Attach({ place, mostBytes, onComplaint }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<string>();
  const chosen = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(target.files ?? [])];
    target.value = '';
    onComplaint('');
    for (const file of files) {
      if (file.size > mostBytes) {
        onComplaint(t('files.tooLarge', { name: file.name, most: bytesOf(mostBytes) }));
        continue;
      }
      setSending(file.name);
      await sendFile(place, file).catch((error: Error) => onComplaint(error.message));
    }
    setSending(undefined);
  };
  return (
    <>
      <input
        ref={input}
        className="unseen"
        type="file"
        multiple
        accept={ACCEPTED}
        tabIndex={-1}
        aria-label={t('files.choose')}
        onChange={event => void chosen(event)}
      />
      <button
        type="button"
        className="round plain attach"
        aria-label={t('files.send')}
        title={t('files.send')}
        disabled={sending !== undefined}
        onClick={() => input.current?.click()}
      >
        <ClipIcon />
      </button>
      <output className="unseen">{sending !== undefined && t('files.sending', { name: sending })}</output>
    </>
  );
}
