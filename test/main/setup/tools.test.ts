import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTools, installCommand, systemFamily, TOOL_NAMES } from '../../../src/main/setup/tools.ts';
import { runToEnd, SETUP, temporaryFolder } from './setting.ts';

describe('systemFamily', () => {
  // First lines of ID and ID_LIKE as those systems ship them in /etc/os-release.
  it.each([
    ['ID=debian', 'apt'],
    ['ID=ubuntu\nID_LIKE=debian', 'apt'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'apt'],
    ['ID=fedora', 'dnf'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'dnf'],
    ['ID=arch', 'pacman'],
    ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', 'zypper'],
    ['ID=void', 'unknown'],
  ])('reads %j as %s', (osRelease, family) => {
    expect(systemFamily('linux', `NAME="Some arch-like debian"\n${osRelease}\n`)).toBe(family);
  });

  it('knows macOS and Windows by their platform', () => {
    expect([systemFamily('darwin', ''), systemFamily('win32', '')]).toEqual(['brew', 'winget']);
  });
});

describe('installCommand', () => {
  it('is a whole command, with sudo only where it takes it', () => {
    expect(installCommand('g++', 'apt', false)).toBe('sudo apt-get install -y g++');
    expect(installCommand('g++', 'dnf', true)).toBe('dnf install -y gcc-c++');
    expect(installCommand('pip', 'brew', false)).toBe('brew install python');
  });
});

/** A folder for PATH that holds only the named programs. */
function pathWith(programs: readonly string[]): string {
  const folder = path.join(temporaryFolder(), 'bin');
  mkdirSync(folder);
  for (const program of programs) {
    const found = execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    symlinkSync(found, path.join(folder, program));
  }
  return folder;
}

describe('a machine that lacks programs', () => {
  it('is found to lack them', async () => {
    const env = { PATH: pathWith([]) };
    const found = await findTools(TOOL_NAMES, env);
    expect(found.map(({ version }) => version)).toEqual([null, null, null, null]);
    const here = await findTools(['g++', 'python'], process.env);
    for (const { version } of here) expect(version).toMatch(/^\d+\.\d+/);
  });

  it('is told by set-up, a sentence for each with the command, before anything is fetched', async () => {
    const home = temporaryFolder();
    const env = { PATH: pathWith([]), CELLWRIGHT_HOME: home };
    const ended = await runToEnd(process.execPath, [SETUP, '--only', 'tensorflow,binding,cifar10'], { env });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
    const lines = ended.stderr.trim().split('\n');
    expect(lines).toHaveLength(4);
    for (const name of ['npm', 'Python 3', 'pip for Python 3', 'the C++ compiler g++']) {
      expect(lines.find((line) => line.startsWith(`${name} was not found: `)) ?? '').toMatch(/install .*\.$/);
    }
    expect(readdirSync(home)).toEqual([]);
  });
});
