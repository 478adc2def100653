import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startHeadless } from '../../src/main/headless.ts';
import { openWorkbench } from '../../src/main/workbench/workbench.ts';
import { ScriptedQueue } from './search/scripted-queue.ts';
import { newSetting, openSetting, type Setting } from './search/search-setting.ts';
import { smallConfig } from './workbench/small-project.ts';

const PORT = 17_473;

const serve = ({ projectFolder, home }: Setting) =>
  startHeadless({
    projectFolder,
    home,
    openQueue: () => new ScriptedQueue(),
    pageFolder: home,
    host: '127.0.0.1',
    port: PORT,
    tls: null,
    allowedHosts: [],
  });

/** Nobody listens, and the project can be opened again. */
async function expectNothingOpen(setting: Setting): Promise<void> {
  await expect(fetch(`http://127.0.0.1:${PORT}/`)).rejects.toThrow('fetch failed');
  const workbench = await openWorkbench({ ...setting, openQueue: () => new ScriptedQueue() });
  onTestFinished(() => workbench.close());
}

it('leaves neither server nor project open where it can’t be remembered where it is served', async () => {
  const setting = newSetting();
  mkdirSync(join(setting.projectFolder, 'server.json'), { recursive: true });
  await expect(serve(setting)).rejects.toMatchObject({ code: 'EISDIR' });
  await expectNothingOpen(setting);
});

it('leaves neither server nor project open where going on with a search fails in a way that nobody expects', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue({ stepMs: () => 5 }));
  await first.client.call('experiment.create', { config: smallConfig() });
  await first.close();
  const manifest = join(setting.home, 'datasets', 'small', 'manifest.json');
  rmSync(manifest);
  mkdirSync(manifest);
  await expect(serve(setting)).rejects.toMatchObject({ code: 'EISDIR' });
  await expectNothingOpen(setting);
});
