import './jitless.ts';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { chooseHost } from './host/choose-host.ts';
import { Session } from './state/session.ts';
import { SessionContext } from './state/use-workbench.ts';
import { App } from './views/frame/app.tsx';

const session = new Session(chooseHost(), (draw) => requestAnimationFrame(draw));
void session.run();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <SessionContext value={session}>
      <App />
    </SessionContext>
  </StrictMode>,
);
