import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSecret } from '../../../src/main/server/access.ts';
import { readServed, secretFile, servePrograms } from '../../../src/main/server/serve-workbench.ts';
import { connectToRunning } from '../../../src/main/terminal/running-workbench.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';

async function serve() {
  const setting = newSetting();
  const { workbench } = await openSetting(setting, new ScriptedQueue());
  const server = await servePrograms({ workbench, ...setting });
  return { ...setting, server };
}

it('answers programs that hold the token, and no browser', async () => {
  const { home, server } = await serve();
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  const authorization = `Bearer ${readSecret(secretFile(home))}`;
  expect(new URL(server.address).hostname).toBe('127.0.0.1');
  expect((await ask('/api/experiment.list', { authorization })).status).toBe(200);
  expect((await ask('/api/experiment.list')).status).toBe(401);
  expect((await ask('/session/code', { authorization })).status).toBe(404);
  expect((await fetch(`${server.address}/`)).status).toBe(404);
  await server.close();
});

it('is found by a client, which hears when it ends, and leaves the page its port', async () => {
  const { home, projectFolder, server } = await serve();
  const running = await connectToRunning(projectFolder, home);
  expect(await running?.client.call('experiment.list', {})).toEqual([]);
  const lost = expect(running?.lost).rejects.toMatchObject({ code: 'unavailable' });
  await server.close();
  await lost;
  expect(existsSync(join(projectFolder, 'server.json'))).toBe(false);
  expect(await connectToRunning(projectFolder, home)).toBeNull();
});

it('keeps what the project remembers of its page, and nobody is found under a process that is gone', async () => {
  const setting = newSetting();
  const { workbench } = await openSetting(setting, new ScriptedQueue());
  const file = join(setting.projectFolder, 'server.json');
  // No process has this number on any system.
  const page = JSON.stringify({ port: 7400, address: 'http://127.0.0.1:7400', pid: 2 ** 30 });
  writeFileSync(file, page);
  expect(await connectToRunning(setting.projectFolder, setting.home)).toBeNull();
  const server = await servePrograms({ workbench, ...setting });
  expect(readServed(setting.projectFolder)).toMatchObject({ port: 7400, address: server.address, pid: process.pid });
  await server.close();
  expect(readFileSync(file, 'utf8')).toBe(page);
});
