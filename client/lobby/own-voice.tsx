import { PLAIN_VOICE, VOICE_RANGES } from '../../protocol/limits.ts';
import type { PortraitVoice } from '../../protocol/portraits.ts';
import { t } from '../words/words.ts';
import { sayHello } from './portrait-api.ts';
import { useHello } from './use-hello.ts';

const SLIDERS = ['timbre', 'pitch', 'pace'] as const;
const STEP = 0.05;
const A_LITTLE = 0.15;

/** The voice of somebody's own avatar: what of it is otherwise, and how it sounds. */
export function OwnVoice(props: {
  voice: PortraitVoice;
  /** Who may join may have something said. */
  token(): Promise<string>;
  onChange(voice: PortraitVoice): void;
}) {
  const { voice, token, onChange } = props;
  const hello = useHello(async () => sayHello(voice, await token()));
  return (
    <fieldset className="own-voice">
      <legend>{t('portrait.voice')}</legend>
      {SLIDERS.map(of => (
        <label key={of} className="voice-slider">
          <span aria-hidden="true">{t(`portrait.${of}.less`)}</span>
          <input
            type="range"
            {...VOICE_RANGES[of]}
            step={STEP}
            value={voice[of]}
            aria-label={t(`portrait.${of}`)}
            aria-valuetext={inWords(voice[of], of)}
            onChange={({ target }) => onChange({ ...voice, [of]: target.valueAsNumber })}
          />
          <span aria-hidden="true">{t(`portrait.${of}.more`)}</span>
        </label>
      ))}
      <div className="voice-buttons">
        <button type="button" className="secondary" disabled={hello.busy} onClick={hello.say}>
          {t('portrait.hello')}
        </button>
        <button type="button" className="secondary" onClick={() => onChange(PLAIN_VOICE)}>
          {t('portrait.plainVoice')}
        </button>
      </div>
      <p className="complaint" role="alert">
        {hello.problem}
      </p>
    </fieldset>
  );
}

/** 1.1: "a little smaller". */
function inWords(value: number, of: keyof PortraitVoice): string {
  const change = Math.abs(value - 1);
  if (change < STEP / 2) return t('portrait.asItIs');
  const how = t(`portrait.${of}.${value < 1 ? 'less' : 'more'}`);
  return t(change > A_LITTLE + STEP / 2 ? 'portrait.much' : 'portrait.little', { how });
}
