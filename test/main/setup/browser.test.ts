import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashFile } from '../../../src/main/fetch/npm-package.mjs';
import { findBrowser, requireBrowser } from '../../../src/main/setup/browser.ts';
import { startOnce } from '../../../src/main/setup/browser-start.ts';
import { browserStep } from '../../../src/main/setup/browser-step.ts';
import { homeFolder, PROJECT_ROOT } from '../../../src/main/setup/runtime.mjs';
import { describeInBrowser } from '../../e2e/in-browser.ts';
import { runOwnTests } from './own-tests.ts';
import { contextFor, localServer, NOBODY, npmEnvironment, packFiles, temporaryFolder } from './setting.ts';

/** Without a network, and with these programs and no others. */
function closedEnvironment(programs: string, registry = NOBODY): NodeJS.ProcessEnv {
  const { npm_execpath: _, ...env } = npmEnvironment(registry);
  const own = {
    PATH: programs,
    PLAYWRIGHT_DOWNLOAD_HOST: NOBODY,
    PLAYWRIGHT_BROWSERS_PATH: path.join(programs, 'none'),
  };
  return { ...env, ...own };
}

/** A folder for the PATH with what npm needs, and no browser. */
function programsOfNpm(): string {
  const folder = path.join(temporaryFolder(), 'bin');
  mkdirSync(folder);
  for (const program of ['node', 'npm', 'sh', 'ldd']) {
    const found = execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    symlinkSync(found, path.join(folder, program));
  }
  return folder;
}

/** A home where all is set up but for the browser. */
function homeWithoutBrowser(): string {
  const home = temporaryFolder();
  for (const name of ['tensorflow', 'datasets']) symlinkSync(path.join(homeFolder(), name), path.join(home, name));
  return home;
}

describe('npm test on a machine where no browser can be had', () => {
  const IN_BROWSER = path.join(PROJECT_ROOT, 'test/e2e/in-browser.ts');
  const FILES = {
    'a.test.ts': `it('needs none', () => expect(1).toBe(1));`,
    'b.test.ts': `import { describeInBrowser } from ${JSON.stringify(IN_BROWSER)};
      describeInBrowser('in one', () => { it('a', () => expect(1).toBe(2)); it('b', () => expect(1).toBe(2)); });
      it.skip('for another reason');`,
  };

  it('fails with one sentence, which names what was tried and the remedies, before any test has run', async () => {
    const home = homeWithoutBrowser();
    const env = { ...closedEnvironment(programsOfNpm()), CELLWRIGHT_HOME: home, CELLWRIGHT_NO_BROWSER: '' };
    const { ended } = await runOwnTests(FILES, env);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    const said = ended.stderr.trimEnd().split('\n').at(-1) ?? '';
    expect(said).toMatch(
      /^No browser could be had: Playwright's download (fails|does not answer).*; npm could not .+; the system has no Chromium/,
    );
    expect(said).toContain('CELLWRIGHT_NO_BROWSER=1');
    expect(said).not.toMatch(/127\.0\.0\.1|https?:/);
    expect(readdirSync(path.join(home, 'scratch'))).toEqual([]);
  });

  it('passes where that is asked for, and its second last line tells how many tests were left out', async () => {
    const env = { ...closedEnvironment(programsOfNpm()), CELLWRIGHT_HOME: homeWithoutBrowser() };
    const { ended } = await runOwnTests(FILES, { ...env, CELLWRIGHT_NO_BROWSER: '1' });
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout.trimEnd().split('\n').slice(-2)).toEqual([
      "Left out: 3 tests, 2 in a browser (CELLWRIGHT_NO_BROWSER is 1), 1 that can't run here or weren't asked for.",
      '1 passed, 0 failed, 3 skipped',
    ]);
  });
});

describe('the browser step', () => {
  it('refuses an archive that is not the pinned one, and does not take another browser in silence', async () => {
    const home = temporaryFolder();
    const file = packFiles(home, { 'bin/chromium.br': 'no browser' });
    const integrity = `sha512-${await hashFile(file, 'sha512', 'base64')}`;
    let registry = '';
    registry = await localServer((request, response) => {
      if (request.url?.endsWith('.tgz')) return void response.end(readFileSync(file));
      const [name, version] = ['@sparticuz/chromium', '153.0.0'];
      const dist = { tarball: `${registry}/probe.tgz`, integrity };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name, versions: { [version]: { name, version, dist } } }));
    });
    const programs = programsOfNpm();
    writeFileSync(path.join(programs, 'chromium'), '#!/bin/sh\n', { mode: 0o755 });
    const running = Promise.resolve(browserStep.run(contextFor(home, closedEnvironment(programs, registry))));
    const hasPackage = process.platform === 'linux' && process.arch === 'x64';
    await expect(running).rejects.toMatchObject({ code: hasPackage ? 'corrupt' : 'unavailable' });
    expect(findBrowser(home)).toBeNull();
    expect(existsSync(path.join(home, 'browser', 'chromium-153.0.0'))).toBe(false);
  });
});

describe('a browser that does not start', () => {
  it.skipIf(process.platform === 'win32')('is told with its reason', async () => {
    const program = path.join(temporaryFolder(), 'chromium');
    writeFileSync(program, '#!/bin/sh\necho "Error: no luck" >&2\nexit 7\n', { mode: 0o755 });
    const started = await startOnce({ program, env: {} });
    expect(started).toEqual({ problem: expect.stringMatching(/chromium does not start \(.*no luck.*\)$/) });
  });
});

it('asks for set-up where there is no browser', () => {
  expect(() => requireBrowser(temporaryFolder())).toThrow(/`npm run setup -- --browser` brings one/);
});

describeInBrowser('the browser of a machine', () => {
  it("is the system's where nothing can be fetched, is kept, and is chosen again when it has changed", async () => {
    const home = temporaryFolder();
    const brought = requireBrowser(homeFolder());
    const programs = programsOfNpm();
    const program = path.join(programs, 'chromium');
    const variables = Object.entries(brought.env).map(([name, value]) => `export ${name}='${value}'\n`);
    writeFileSync(program, `#!/bin/sh\n${variables.join('')}exec '${brought.program}' "$@"\n`, { mode: 0o755 });
    const context = contextFor(home, closedEnvironment(programs));
    expect(browserStep.isDone(context)).toBe(false);
    await browserStep.run(context);
    expect(findBrowser(home)).toMatchObject({ source: 'system', program, version: brought.version });
    expect(browserStep.isDone(context)).toBe(true);
    appendFileSync(program, '# another one\n');
    expect(browserStep.isDone(context)).toBe(false);
  });
});
