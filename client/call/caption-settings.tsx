import { useStore } from '../ui/hooks.ts';
import { t } from '../words/words.ts';
import { CAPTION_PLACES, CAPTION_SIZES, type CaptionStyle, captionStyle, styleCaptions } from './caption-style.ts';

/** How large captions are, and where. */
export function CaptionSettings() {
  const { size, place } = useStore(captionStyle);
  return (
    <div className="pickers">
      <label className="field">
        <span>{t('captions.size')}</span>
        <select value={size} onChange={({ target }) => styleCaptions({ size: target.value as CaptionStyle['size'] })}>
          {CAPTION_SIZES.map(each => (
            <option key={each} value={each}>
              {t(`captions.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('captions.place')}</span>
        <select
          value={place}
          onChange={({ target }) => styleCaptions({ place: target.value as CaptionStyle['place'] })}
        >
          {CAPTION_PLACES.map(each => (
            <option key={each} value={each}>
              {t(`captions.${each}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
