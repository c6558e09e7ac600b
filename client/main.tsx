import { lazy, type ReactNode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { Desk } from './desk/desk.ts';
import { readRoute, withHiddenToken } from './desk/route.ts';
import { BASE, withoutBase } from './place/at.ts';
import { loadPrefs } from './room/prefs.ts';
import { Nowhere } from './ui/nowhere.tsx';
import { Spoken } from './words/rich.tsx';
import { speak, wantedLanguage } from './words/words.ts';
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

function page(): () => ReactNode {
  if (route.isUnknown || !pathname.startsWith(BASE)) return () => <Nowhere />;
  if (route.privacy) return () => <Privacy />;
  const { conversations } = route;
  if (conversations !== undefined) return () => <Conversations {...conversations} />;
  const desk = new Desk(route);
  desk.open();
  return () => <App desk={desk} />;
}

const draw = page();
const wanted = wantedLanguage(new URLSearchParams(search).get('lang'), loadPrefs().language, navigator.languages);
// Nothing is drawn before: nobody is to see another language first.
void speak(wanted, navigator.languages).then(() =>
  createRoot(document.getElementById('root')!).render(
    <Suspense>
      <Spoken>{draw}</Spoken>
    </Suspense>,
  ),
);
