import { useEffect, useState } from 'react';
import type { SentFile as File } from '../../protocol/files.ts';
import { bytesOf } from '../words/format.ts';
import { t } from '../words/words.ts';
import { type FilePlace, readFile } from './transfer.ts';
import './files.css';

/** Larger pictures are not fetched before somebody asks for them. */
const THUMBNAIL_BYTES = 4 * 1024 * 1024;

/** A file in the log: a picture is seen, anything can be saved. */
export function SentFile({ file, place }: { file: File; place: FilePlace }) {
  const [complaint, setComplaint] = useState('');
  const picture = file.type.startsWith('image/') && file.bytes <= THUMBNAIL_BYTES;
  const save = async () => {
    setComplaint('');
    try {
      saveBlob(await readFile(place, file.id), file.name);
    } catch (error) {
      setComplaint(error instanceof Error ? error.message : '');
    }
  };
  return (
    <div className="sent-file">
      <button type="button" title={t('files.save', { name: file.name })} onClick={() => void save()}>
        {picture && <Thumbnail file={file} place={place} />}
        <span className="sent-file-name" dir="auto" data-text>
          {file.name}
        </span>
        <small>{bytesOf(file.bytes)}</small>
      </button>
      <p className="complaint" role="alert">
        {complaint}
      </p>
    </div>
  );
}

/** Only the server may be asked for it, and only with the token: so it is no plain address. */
function Thumbnail({ file, place: { room, token } }: { file: File; place: FilePlace }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    let made: string | undefined;
    readFile({ room, token }, file.id, stop.signal)
      .then(blob => {
        if (stop.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      })
      // What is not there any more has a name still.
      .catch(() => {});
    return () => {
      stop.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [file.id, room, token]);
  return url === undefined ? null : <img src={url} alt="" />;
}

function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
