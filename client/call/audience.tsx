import type { Audience } from '../../protocol/conversation.ts';

/** Whom the next message is for: the avatar hears nothing of what is for people only. */
export function AudienceChoice(props: { avatar: string; chosen: Audience; onChoose(audience: Audience): void }) {
  const { avatar, chosen, onChoose } = props;
  return (
    <fieldset className="audience">
      <legend className="unseen">Whom the message is for</legend>
      <label>
        <input type="radio" name="audience" checked={chosen === 'everyone'} onChange={() => onChoose('everyone')} />
        <span>
          Everyone and <bdi dir="auto">{avatar}</bdi>
        </span>
      </label>
      <label>
        <input type="radio" name="audience" checked={chosen === 'people'} onChange={() => onChoose('people')} />
        <span>People only</span>
      </label>
    </fieldset>
  );
}
