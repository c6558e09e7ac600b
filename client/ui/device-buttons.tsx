import type { LocalMedia } from '../room/local.ts';
import { t } from '../words/words.ts';
import { useStore } from './hooks.ts';
import { CameraIcon, MicrophoneIcon } from './icons.tsx';
import { RoundButton } from './toggle.tsx';

/** Mute and camera, the same in the lobby and in the call. */
export function DeviceButtons({ local }: { local: LocalMedia }) {
  const { microphone, camera, muted } = useStore(local.store);
  const heard = microphone.status === 'on' && !muted;
  const seen = camera.status === 'on';
  const toggleMicrophone = () => {
    local.setMuted(heard);
    // Refused or missing before: perhaps it is allowed or plugged in by now.
    if (microphone.status !== 'on') void local.open(false);
  };
  return (
    <>
      <RoundButton
        name={t(heard ? 'device.mute' : 'device.unmute')}
        icon={<MicrophoneIcon off={!heard} />}
        tone={heard ? 'plain' : 'off'}
        onClick={toggleMicrophone}
      />
      <RoundButton
        name={t(seen ? 'device.cameraOff' : 'device.cameraOn')}
        icon={<CameraIcon off={!seen} />}
        tone={seen ? 'plain' : 'off'}
        onClick={() => void local.setCamera(!seen)}
      />
    </>
  );
}
