import { useState } from 'react';
import { speakers } from '../ui/speakers.ts';
import { t } from '../words/words.ts';

/** Three tones that rise, Hz, and how long each is, s. */
const TONES_HZ = [523, 659, 784];
const TONE_S = 0.18;

/** Plays a few tones, so that one knows that something can be heard. */
export function SpeakerTest() {
  const [played, setPlayed] = useState(false);
  const play = async () => {
    const { sinkId } = speakers.store.get();
    // Where a page may choose for elements it need not be able to for tones.
    const context = new AudioContext({ ...(sinkId !== '' && { sinkId }) } as AudioContextOptions);
    await context.resume();
    const gain = new GainNode(context, { gain: 0.15 });
    gain.connect(context.destination);
    const startS = context.currentTime + 0.05;
    const tones = TONES_HZ.map((frequency, i) => {
      const tone = new OscillatorNode(context, { frequency });
      tone.connect(gain);
      tone.start(startS + i * TONE_S);
      tone.stop(startS + (i + 1) * TONE_S);
      return tone;
    });
    tones.at(-1)!.onended = () => void context.close();
    setPlayed(true);
  };
  return (
    <div className="speaker-test">
      <button type="button" className="secondary" onClick={() => void play()}>
        {t('lobby.speaker')}
      </button>
      <output>{played && t('lobby.speaker.played')}</output>
    </div>
  );
}
