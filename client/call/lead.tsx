import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { AgentState } from '../../protocol/conversation.ts';
import { t } from '../words/words.ts';
import type { Box } from './layout.ts';
import { type Person, Tile } from './tile.tsx';

const EVERY_MS = 2_000;

/** How much of the picture counts as its edge, and in how many parts: few, so that what touches the edge leaves no bands. */
const EDGE = 0.02;
const STEPS = 4;

/** Fills the space that the picture leaves with its edges' colours: a few pixels, stretched by the browser. */
function continueEdges(context: CanvasRenderingContext2D, source: HTMLVideoElement): void {
  const { videoWidth: width, videoHeight: height, clientWidth, clientHeight } = source;
  const { canvas } = context;
  const beside = clientWidth * height > clientHeight * width;
  canvas.width = beside ? 2 : STEPS;
  canvas.height = beside ? STEPS : 2;
  if (beside) {
    context.drawImage(source, 0, 0, width * EDGE, height, 0, 0, 1, STEPS);
    context.drawImage(source, width * (1 - EDGE), 0, width * EDGE, height, 1, 0, 1, STEPS);
  } else {
    context.drawImage(source, 0, 0, width, height * EDGE, 0, 0, STEPS, 1);
    context.drawImage(source, 0, height * (1 - EDGE), width, height * EDGE, 0, 1, STEPS, 1);
  }
}

/** The avatar's tile: its picture whole, the space around it in the picture's own colours. */
export function Lead(props: { person: Person; state?: AgentState; box?: Box; children?: ReactNode }) {
  const { person, state, box, children } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [source, setSource] = useState<HTMLVideoElement>();
  const picture = useCallback((width: number, _height: number, element: HTMLVideoElement) => {
    setSource(width > 2 ? element : undefined);
  }, []);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !source) return;
    const draw = () => continueEdges(context, source);
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
      {children}
    </Tile>
  );
}
