import { useEffect, useRef, useState } from 'react';

/** Has a greeting said, one at a time; what sounds when the page goes on is silenced. */
export function useHello(made: () => Promise<Blob>) {
  const sounding = useRef<HTMLAudioElement>(undefined);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const silence = () => {
    const audio = sounding.current;
    sounding.current = undefined;
    if (audio === undefined) return;
    audio.pause();
    URL.revokeObjectURL(audio.src);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it goes
  useEffect(() => silence, []);
  const say = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const wav = await made();
      silence();
      const audio = new Audio(URL.createObjectURL(wav));
      sounding.current = audio;
      await audio.play();
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, say: () => void say() };
}
