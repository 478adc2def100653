import './jitless.ts';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { chooseHost } from './host/choose-host.ts';
import { HostContext } from './host/use-host.ts';
import { Session } from './state/session.ts';
import { SessionContext } from './state/use-workbench.ts';
import { App } from './views/frame/app.tsx';

const host = chooseHost();
const session = new Session(host, (draw) => requestAnimationFrame(draw));
void session.run();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <HostContext value={host}>
      <SessionContext value={session}>
        <App />
      </SessionContext>
    </HostContext>
  </StrictMode>,
);
