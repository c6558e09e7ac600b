import type { LocalMedia } from '../room/local.ts';
import { t } from '../words/words.ts';
import { useStore } from './hooks.ts';

/** Whether what is behind oneself is blurred; why it is not, where it cannot be. */
export function BlurChoice({ local }: { local: LocalMedia }) {
  const { blur } = useStore(local.store);
  return (
    <label className="check blur-choice">
      <input type="checkbox" checked={blur === 'on'} onChange={({ target }) => void local.setBlur(target.checked)} />
      <span>
        {t('blur')}
        <small>{t(blur === 'slow' || blur === 'failed' ? `blur.${blur}` : 'blur.how')}</small>
      </span>
    </label>
  );
}
