import { at } from '../place/at.ts';
import { PortraitIcon } from '../ui/icons.tsx';
import { t } from '../words/words.ts';
import type { AvatarChoices } from './use-avatars.ts';

/** Who will be seen in the call: a picture each, one of them chosen, and a way to make another. */
export function AvatarPicker(props: {
  choices: AvatarChoices;
  chosen: string | undefined;
  onChoose(id: string): void;
  onOwn(): void;
}) {
  const { choices, chosen, onChoose, onOwn } = props;
  return (
    <fieldset className="avatars">
      <legend>{t('lobby.faces')}</legend>
      <div className="avatar-row">
        {choices.avatars.map(({ id, name, thumbnailUrl }) => (
          <label key={id} className="avatar-card">
            <input type="radio" name="avatar" value={id} checked={id === chosen} onChange={() => onChoose(id)} />
            <img src={at(thumbnailUrl)} alt="" width="72" height="72" />
            <span>
              <span className="unseen">{t('lobby.face')} </span>
              <bdi dir="auto">{name}</bdi>
            </span>
          </label>
        ))}
        {choices.uploads && (
          <button type="button" className="avatar-card" onClick={onOwn}>
            <span className="avatar-own">
              <PortraitIcon />
            </span>
            <span>{t('lobby.portrait')}</span>
          </button>
        )}
      </div>
    </fieldset>
  );
}
