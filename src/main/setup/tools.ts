import { readFileSync } from 'node:fs';
import { npmProgram } from '../fetch/npm-package.mjs';
import { lastLine, runProgram } from '../fetch/program.ts';

/** The programs that set-up uses and does not bring itself. */
export type ToolName = 'npm' | 'python' | 'pip' | 'g++';

export const TOOL_NAMES: readonly ToolName[] = ['npm', 'python', 'pip', 'g++'];

/** What a person may have to install: those programs, and what a browser may lack. */
type Installable = ToolName | 'chromium' | 'fonts';

export interface ToolFinding {
  readonly name: ToolName;
  /** Null when it was not found. */
  readonly version: string | null;
}

/** Python's usual names; the first that answers as Python 3 is used. */
const PYTHONS = process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python'];

async function answer(command: string, args: string[], env: NodeJS.ProcessEnv, shell = false): Promise<string | null> {
  const result = await runProgram(command, args, { env, shell, timeoutMs: 20_000 }).catch(() => null);
  return result?.code === 0 ? result.stdout || result.stderr : null;
}

/** The command of a Python 3 with zipfile, or null. */
export async function findPython(env: NodeJS.ProcessEnv): Promise<{ command: string; version: string } | null> {
  for (const command of PYTHONS) {
    const version = await answer(command, ['-c', 'import sys,zipfile;print(sys.version.split()[0])'], env);
    if (version?.startsWith('3.')) return { command, version: version.trim() };
  }
  return null;
}

async function findTool(name: ToolName, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (name === 'npm') {
    const { command, prefix, shell } = npmProgram(env);
    return (await answer(command, [...prefix, '--version'], env, shell))?.trim() ?? null;
  }
  if (name === 'g++') return (await answer('g++', ['-dumpfullversion', '-dumpversion'], env))?.trim() ?? null;
  const python = await findPython(env);
  if (name === 'python' || python === null) return python?.version ?? null;
  return (await answer(python.command, ['-m', 'pip', '--version'], env))?.match(/^pip (\S+)/)?.[1] ?? null;
}

/** Looks for the programs, all at once. */
export function findTools(names: readonly ToolName[], env: NodeJS.ProcessEnv): Promise<ToolFinding[]> {
  return Promise.all(names.map(async (name) => ({ name, version: await findTool(name, env) })));
}

/** A family of systems that install programs in the same way. */
export type SystemFamily = 'apt' | 'dnf' | 'pacman' | 'zypper' | 'brew' | 'winget' | 'unknown';

/** No names of fonts for systems that always have some. */
type Packages = Record<Exclude<Installable, 'fonts'>, string> & { readonly fonts?: string };

const INSTALL: Record<SystemFamily, { command: string; packages: Packages } | null> = {
  apt: {
    command: 'apt-get install -y',
    packages: {
      ...{ npm: 'npm', python: 'python3', pip: 'python3-pip', 'g++': 'g++' },
      ...{ chromium: 'chromium', fonts: 'fonts-dejavu-core' },
    },
  },
  dnf: {
    command: 'dnf install -y',
    packages: {
      ...{ npm: 'nodejs-npm', python: 'python3', pip: 'python3-pip', 'g++': 'gcc-c++' },
      ...{ chromium: 'chromium', fonts: 'dejavu-sans-fonts' },
    },
  },
  pacman: {
    command: 'pacman -S --needed',
    packages: {
      ...{ npm: 'npm', python: 'python', pip: 'python-pip', 'g++': 'gcc' },
      ...{ chromium: 'chromium', fonts: 'ttf-dejavu' },
    },
  },
  zypper: {
    command: 'zypper install -y',
    packages: {
      ...{ npm: 'npm-default', python: 'python3', pip: 'python3-pip', 'g++': 'gcc-c++' },
      ...{ chromium: 'chromium', fonts: 'dejavu-fonts' },
    },
  },
  brew: {
    command: 'brew install',
    packages: { npm: 'node', python: 'python', pip: 'python', 'g++': 'gcc', chromium: 'google-chrome' },
  },
  winget: {
    command: 'winget install',
    packages: {
      ...{ npm: 'OpenJS.NodeJS.LTS', python: 'Python.Python.3.12', pip: 'Python.Python.3.12', 'g++': 'GNU.GCC' },
      chromium: 'Google.Chrome',
    },
  },
  unknown: null,
};

/** Names of /etc/os-release (ID and ID_LIKE) and the family that they belong to. */
const FAMILIES: readonly [RegExp, SystemFamily][] = [
  [/\b(debian|ubuntu|linuxmint|raspbian)\b/, 'apt'],
  [/\b(fedora|rhel|centos|rocky|almalinux|amzn)\b/, 'dnf'],
  [/\b(arch|manjaro)\b/, 'pacman'],
  [/\b(suse|opensuse|sles)/, 'zypper'],
];

/** The family of a system, from its platform and the text of its /etc/os-release. */
export function systemFamily(platform: string, osRelease: string): SystemFamily {
  if (platform === 'darwin') return 'brew';
  if (platform === 'win32') return 'winget';
  const ids = osRelease
    .split('\n')
    .filter((line) => /^ID(_LIKE)?=/.test(line))
    .join(' ');
  return FAMILIES.find(([pattern]) => pattern.test(ids))?.[1] ?? 'unknown';
}

export function ownSystemFamily(): SystemFamily {
  let osRelease = '';
  try {
    osRelease = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // A system without that file is of no family that we know.
    osRelease = '';
  }
  return systemFamily(process.platform, osRelease);
}

const TITLES: Record<Installable, string> = {
  npm: 'npm',
  python: 'Python 3',
  pip: 'pip for Python 3',
  'g++': 'the C++ compiler g++',
  chromium: 'Chromium',
  fonts: 'a font',
};

/** The command that installs a program on a family of systems, or a plain request where it is unknown. */
export function installCommand(name: Installable, family: SystemFamily, isRoot: boolean): string {
  const install = INSTALL[family];
  const packages = install?.packages[name];
  if (install === null || packages === undefined) return `install ${TITLES[name]} with your system's package manager`;
  const sudo = isRoot || family === 'brew' || family === 'winget' ? '' : 'sudo ';
  return `${sudo}${install.command} ${packages}`;
}

/** What a missing program is called, and how to get it on this machine. */
export function missingTool(name: Installable): { what: string; remedy: string } {
  const isRoot = process.getuid?.() === 0;
  return { what: `${TITLES[name]} was not found`, remedy: installCommand(name, ownSystemFamily(), isRoot) };
}

/** The words of a program's complaint for one sentence: its last line, without addresses. */
export function complaint(text: string): string {
  return lastLine(text)
    .replace(/https?:\/\/\S+/g, 'its address')
    .slice(0, 240);
}
