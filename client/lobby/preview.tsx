import { useState } from 'react';
import type { LocalMedia } from '../room/local.ts';
import { DeviceButtons } from '../ui/device-buttons.tsx';
import { deviceWords } from '../ui/device-words.ts';
import { useStore } from '../ui/hooks.ts';
import { LevelMeter } from '../ui/level-meter.tsx';
import { StreamVideo } from '../ui/stream-video.tsx';
import { t } from '../words/words.ts';

/** What the others will see and hear, before they do. */
export function Preview({ local, name }: { local: LocalMedia; name: string }) {
  const { microphone, camera, muted, blur } = useStore(local.store);
  const [pictured, setPictured] = useState(false);
  const asking = microphone.status === 'asking' || camera.status === 'asking';
  const words = [
    deviceWords('microphone', microphone.status),
    deviceWords('camera', camera.status),
    blur === 'slow' || blur === 'failed' ? t(`blur.${blur}`) : undefined,
  ].filter(word => word !== undefined);
  return (
    <section className="preview" aria-label={t('lobby.devices')}>
      <div className={`preview-picture${pictured && camera.track ? ' pictured' : ''}`}>
        <StreamVideo
          video={camera.track}
          label={t('lobby.camera')}
          muted
          onPicture={(width, height) => setPictured(width > 0 && height > 0)}
        />
        <span className="preview-name" aria-hidden="true">
          {name.trim() === '' ? '?' : name.trim()[0]!.toUpperCase()}
        </span>
      </div>
      <div className="preview-controls">
        <DeviceButtons local={local} />
      </div>
      <div className="preview-level">
        <span aria-hidden="true">{muted ? t('lobby.muted') : t('lobby.loud')}</span>
        <LevelMeter track={microphone.track} muted={muted} />
      </div>
      <output className="device-words">
        {asking && <span>{t('lobby.asking')}</span>}
        {words.map(word => (
          <span key={word}>{word}</span>
        ))}
      </output>
    </section>
  );
}
