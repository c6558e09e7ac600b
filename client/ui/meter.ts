import { useEffect, useRef } from 'react';

const EVERY_MS = 50;

/** Loudness of samples (-1..1) as 0..1 on a scale that speech fills: -55 dBFS is nothing, -10 dBFS is full. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibel = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-10);
  return Math.min(1, Math.max(0, (decibel + 55) / 45));
}

/** Reports a track's loudness about 20 times a second. */
export function useMeter(track: MediaStreamTrack | undefined, onLevel: (level: number) => void): void {
  const report = useRef(onLevel);
  report.current = onLevel;
  useEffect(() => {
    if (!track) return;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      report.current(loudness(samples));
    }, EVERY_MS);
    // Some browsers let no audio graph run before the first touch or key.
    const wake = () => void context.resume();
    addEventListener('pointerdown', wake);
    addEventListener('keydown', wake);
    return () => {
      clearInterval(timer);
      removeEventListener('pointerdown', wake);
      removeEventListener('keydown', wake);
      void context.close();
    };
  }, [track]);
}
