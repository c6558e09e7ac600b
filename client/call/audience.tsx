import type { Audience } from '../../protocol/conversation.ts';
import { t } from '../words/words.ts';

/** Whom the next message is for: the avatar hears nothing of what is for people only. */
export function AudienceChoice(props: { avatar: string; chosen: Audience; onChoose(audience: Audience): void }) {
  const { avatar, chosen, onChoose } = props;
  return (
    <fieldset className="audience">
      <legend className="unseen">{t('audience')}</legend>
      <label>
        <input type="radio" name="audience" checked={chosen === 'everyone'} onChange={() => onChoose('everyone')} />
        <span>{t('audience.everyone', { name: avatar })}</span>
      </label>
      <label>
        <input type="radio" name="audience" checked={chosen === 'people'} onChange={() => onChoose('people')} />
        <span>{t('audience.people')}</span>
      </label>
    </fieldset>
  );
}
