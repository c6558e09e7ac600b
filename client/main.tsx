import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Conversations } from './conversations/conversations.tsx';
import { Desk } from './desk/desk.ts';
import { readRoute, withHiddenToken } from './desk/route.ts';
import './ui/base.css';
import './ui/controls.css';
import './lobby/avatars.css';
import './lobby/lobby.css';
import './call/call.css';
import './call/tiles.css';
import './call/talk.css';
import './call/turns.css';
import './conversations/conversations.css';

const route = readRoute(location);
const hidden = withHiddenToken(location);
if (hidden !== undefined) history.replaceState(null, '', hidden);
const root = createRoot(document.getElementById('root')!);
if (route.conversations !== undefined) root.render(<Conversations {...route.conversations} />);
else {
  const desk = new Desk(route);
  desk.open();
  root.render(<App desk={desk} />);
}
