import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Desk } from './desk/desk.ts';
import { readRoute, withHiddenToken } from './desk/route.ts';
import { BASE, withoutBase } from './place/at.ts';
import { Nowhere } from './ui/nowhere.tsx';
import './ui/base.css';
import './ui/controls.css';
import './lobby/avatars.css';
import './lobby/lobby.css';

const Conversations = lazy(() =>
  import('./conversations/conversations.tsx').then(({ Conversations: page }) => ({ default: page })),
);

const Privacy = lazy(() => import('./ui/privacy.tsx').then(({ Privacy: page }) => ({ default: page })));

const { pathname, search, hash } = location;
const route = readRoute({ pathname: withoutBase(pathname), search, hash });
const hidden = withHiddenToken(location);
if (hidden !== undefined) history.replaceState(null, '', hidden);
const root = createRoot(document.getElementById('root')!);
if (route.isUnknown || !pathname.startsWith(BASE)) root.render(<Nowhere />);
else if (route.privacy)
  root.render(
    <Suspense>
      <Privacy />
    </Suspense>,
  );
else if (route.conversations !== undefined)
  root.render(
    <Suspense>
      <Conversations {...route.conversations} />
    </Suspense>,
  );
else {
  const desk = new Desk(route);
  desk.open();
  root.render(<App desk={desk} />);
}
