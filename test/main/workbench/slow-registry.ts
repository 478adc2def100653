import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { localServer, npmEnvironment } from '../setup/setting.ts';

/** A registry that lets npm wait, until it is told to refuse. */
export async function slowRegistry() {
  const waiting: ServerResponse[] = [];
  let asked: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const before = { ...process.env };
  let isRefusing = false;
  const no = (response: ServerResponse): unknown => response.writeHead(404).end('{"error":"not found"}');
  const address = await localServer((_request, response) => {
    if (isRefusing) return void no(response);
    waiting.push(response);
    asked();
  });
  Object.assign(process.env, npmEnvironment(address));
  onTestFinished(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  const refuse = (): void => {
    isRefusing = true;
    for (const response of waiting) no(response);
  };
  return { isAsked, waiting, refuse };
}
