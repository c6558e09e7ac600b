import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Desk } from './desk.ts';
import { readRoute } from './route.ts';
import './ui/base.css';
import './ui/controls.css';
import './lobby/avatars.css';
import './lobby/lobby.css';
import './call/call.css';
import './call/tiles.css';
import './call/talk.css';

const desk = new Desk(readRoute(location));
desk.open();
createRoot(document.getElementById('root')!).render(<App desk={desk} />);
