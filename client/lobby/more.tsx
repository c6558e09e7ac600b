import type { ReactNode } from 'react';
import { LIMITS } from '../../protocol/limits.ts';
import { toRoomName } from '../desk/route.ts';
import type { LocalMedia } from '../room/local.ts';
import { BlurChoice } from '../ui/blur-choice.tsx';
import { DevicePicker } from '../ui/device-picker.tsx';
import { LanguagePicker } from '../ui/language-picker.tsx';
import { SpeakerPicker } from '../ui/speaker-picker.tsx';
import { t } from '../words/words.ts';
import { SpeakerTest } from './speaker-test.tsx';

/** What hardly anybody needs to choose: the room, devices, another face. */
export function More(props: {
  local: LocalMedia;
  /** Absent: the room is given. */
  room?: string;
  onRoom(room: string): void;
  complaint?: { id: string; text: string };
  children: ReactNode;
}) {
  const { local, room, onRoom, complaint, children } = props;
  const name = toRoomName(room ?? '');
  return (
    <details className="more" open={complaint !== undefined || undefined}>
      <summary>{t('lobby.more')}</summary>
      {room !== undefined && (
        <label className="field">
          <span>{t('lobby.room')}</span>
          <input
            type="text"
            dir="auto"
            value={room}
            maxLength={LIMITS.roomLength}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={complaint !== undefined || undefined}
            aria-describedby={complaint?.id}
            onChange={({ target }) => onRoom(target.value)}
          />
          {complaint ? (
            <small id={complaint.id} className="complaint" role="alert">
              {complaint.text}
            </small>
          ) : (
            <small>{name === room || name === '' ? t('lobby.ownRoom') : t('lobby.roomCalled', { name })}</small>
          )}
        </label>
      )}
      <div className="pickers">
        <DevicePicker kind="microphone" local={local} />
        <DevicePicker kind="camera" local={local} />
        <SpeakerPicker local={local} />
      </div>
      <BlurChoice local={local} />
      <SpeakerTest />
      <LanguagePicker />
      {children}
    </details>
  );
}
