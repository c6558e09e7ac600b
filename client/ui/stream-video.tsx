import { useEffect, useRef } from 'react';
import { Store } from '../room/store.ts';
import { useStore } from './hooks.ts';
import { playThrough, speakers } from './speakers.ts';

/** Elements that the browser would only let play without sound. */
export const silenced = new Store<ReadonlySet<HTMLVideoElement>>(new Set());

/** Called from a click, which is what the browser was waiting for. */
export function turnSoundOn(): void {
  for (const element of silenced.get()) {
    element.muted = false;
    void element.play().catch(() => {});
  }
  silenced.set(new Set());
}

async function play(element: HTMLVideoElement): Promise<void> {
  try {
    await element.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError' || element.muted) return;
    // The picture at least; the sound waits for a click.
    element.muted = true;
    silenced.set(new Set([...silenced.get(), element]));
    await element.play().catch(() => {});
  }
}

type Props = {
  audio?: MediaStreamTrack;
  video?: MediaStreamTrack;
  label: string;
  kind?: string;
  muted?: boolean;
  /** The picture has this size; 0 by 0 when there is none. */
  onPicture?(width: number, height: number, element: HTMLVideoElement): void;
};

/** One participant's sound and picture in one element, so that the browser keeps them in step. */
export function StreamVideo({ audio, video, label, kind, muted = false, onPicture }: Props) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = ref.current!;
    const wanted = [audio, video].filter(track => track !== undefined);
    const stream = element.srcObject instanceof MediaStream ? element.srcObject : new MediaStream();
    for (const track of stream.getTracks()) if (!wanted.includes(track)) stream.removeTrack(track);
    for (const track of wanted) if (!stream.getTracks().includes(track)) stream.addTrack(track);
    if (wanted.length === 0) {
      element.srcObject = null;
      return;
    }
    if (element.srcObject !== stream) element.srcObject = stream;
    void play(element);
  }, [audio, video]);
  const { sinkId } = useStore(speakers.store);
  useEffect(() => playThrough(ref.current!, sinkId), [sinkId]);
  useEffect(() => {
    const element = ref.current!;
    return () => {
      element.srcObject = null;
      if (silenced.get().has(element)) silenced.set(new Set([...silenced.get()].filter(other => other !== element)));
    };
  }, []);
  return (
    <video
      ref={ref}
      aria-label={label}
      data-kind={kind}
      autoPlay
      playsInline
      muted={muted}
      onResize={({ currentTarget: element }) => onPicture?.(element.videoWidth, element.videoHeight, element)}
      onEmptied={({ currentTarget: element }) => onPicture?.(0, 0, element)}
    />
  );
}
