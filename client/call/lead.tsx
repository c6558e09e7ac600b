import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { AgentState, FaceShown } from '../../protocol/conversation.ts';
import { t } from '../words/words.ts';
import type { Box } from './layout.ts';
import { type Person, Tile } from './tile.tsx';
import { Waveform } from './waveform.tsx';

const EVERY_MS = 2_000;

/** Few pixels: it is blurred, and the browser makes it large. */
const WIDTH = 96;

/** How far into the picture that reaches, as a share of it: there it fades. */
const FADE = 0.07;

/** Fills the space that the picture leaves with its mirror images, blurred, and leaves the picture itself free. */
function continueAround(context: CanvasRenderingContext2D, source: HTMLVideoElement): void {
  const { videoWidth, videoHeight } = source;
  const { canvas } = context;
  canvas.width = WIDTH;
  canvas.height = Math.max(1, Math.round((WIDTH * canvas.clientHeight) / canvas.clientWidth));
  const scale = Math.min(canvas.width / videoWidth, canvas.height / videoHeight);
  const [width, height] = [videoWidth * scale, videoHeight * scale];
  const beside = canvas.width > width + 1;
  const [left, top] = [(canvas.width - width) / 2, (canvas.height - height) / 2];
  for (const step of [-1, 0, 1]) {
    const [x, y] = beside ? [step, 0] : [0, step];
    const from = (side: number, start: number, length: number) => (side === 0 ? start : start + length + side * length);
    context.setTransform(x === 0 ? 1 : -1, 0, 0, y === 0 ? 1 : -1, from(x, left, width), from(y, top, height));
    context.drawImage(source, 0, 0, width, height);
  }
  context.resetTransform();
  // Here and not by the page: there it would be blurred anew for each picture.
  context.filter = 'blur(2px)';
  context.drawImage(canvas, 0, 0);
  context.filter = 'none';
  const free = beside
    ? context.createLinearGradient(left, 0, left + width, 0)
    : context.createLinearGradient(0, top, 0, top + height);
  for (const [at, share] of [
    [0, 0],
    [FADE, 1],
    [1 - FADE, 1],
    [1, 0],
  ] as const)
    free.addColorStop(at, `rgb(0 0 0 / ${share})`);
  context.globalCompositeOperation = 'destination-out';
  context.fillStyle = free;
  context.fillRect(0, 0, canvas.width, canvas.height);
}

type Props = { person: Person; state?: AgentState; face?: FaceShown; box?: Box; children?: ReactNode };

/** The avatar's tile: its picture whole, the space around it in the picture's own colours. */
export function Lead({ person, state, face = 'moving', box, children }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [source, setSource] = useState<HTMLVideoElement>();
  const picture = useCallback((width: number, _height: number, element: HTMLVideoElement) => {
    setSource(width > 2 ? element : undefined);
  }, []);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !source) return;
    const draw = () => continueAround(context, source);
    draw();
    const timer = setInterval(draw, EVERY_MS);
    return () => clearInterval(timer);
  }, [source]);
  return (
    <Tile person={person} box={box} onPicture={picture}>
      <span className="ambient" aria-hidden="true">
        <canvas ref={canvas} />
      </span>
      {state && (
        <span className="agent-state" data-agent={state}>
          <i aria-hidden="true" />
          {t(`agent.${state}`)}
        </span>
      )}
      {/* Said once it is so: whoever cannot see it is told, too. */}
      <output className="face-shown" data-face={face}>
        {face === 'voice' && <Waveform audio={person.audio} />}
        {face !== 'moving' && <span>{t(`agent.face.${face}`)}</span>}
      </output>
      {children}
    </Tile>
  );
}
