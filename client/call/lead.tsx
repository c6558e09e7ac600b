import { type ReactNode, useCallback, useState } from 'react';
import type { AgentState, FaceShown } from '../../protocol/conversation.ts';
import { t } from '../words/words.ts';
import type { Box } from './layout.ts';
import { Surround } from './surround.tsx';
import { type Person, Tile } from './tile.tsx';
import { Waveform } from './waveform.tsx';

type Props = { person: Person; state?: AgentState; face?: FaceShown; box?: Box; children?: ReactNode };

/** The avatar's tile: its picture whole, the space around it in the picture's own colours. */
export function Lead({ person, state, face = 'moving', box, children }: Props) {
  const [source, setSource] = useState<HTMLVideoElement>();
  const picture = useCallback((width: number, _height: number, element: HTMLVideoElement) => {
    setSource(width > 2 ? element : undefined);
  }, []);
  return (
    <Tile person={person} box={box} onPicture={picture}>
      <Surround source={source} />
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
