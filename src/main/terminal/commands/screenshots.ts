import { join } from 'node:path';
import { startHeadless } from '../../headless.ts';
import { takeScreenshots } from '../../screenshots.ts';
import { buildPage } from '../../server/page-build.ts';
import type { DefineCommand } from '../define-command.ts';
import { projectOption } from '../options.ts';
import { readSearchConfig } from '../search-options.ts';
import type { Terminal } from '../terminal.ts';

interface ScreenshotOptions {
  readonly project?: string;
  readonly out?: string;
  readonly only?: string;
}

/** Enough for every chart to have something to show. */
const TRIALS = 6;

export const defineScreenshots: DefineCommand = (command, terminal) => {
  command
    .addOption(projectOption())
    .option('--out <folder>', 'where the pictures go (default: screenshots in .cellwright)')
    .option('--only <name>', 'only screens whose name contains this, such as search')
    .addHelpText('after', '\nA project without a search gets a small one first, which takes some minutes.')
    .action(async (options: ScreenshotOptions) => await run(terminal(), options));
};

async function run(terminal: Terminal, { project, out, only }: ScreenshotOptions): Promise<void> {
  const { output, home } = terminal;
  const note = (text: string): void => output.note(text);
  const { workbench, server, close } = await startHeadless({
    projectFolder: terminal.projectFolder(project),
    home,
    openQueue: await terminal.loadQueue(),
    pageFolder: await buildPage(note),
    host: '127.0.0.1',
    tls: null,
    allowedHosts: [],
  });
  const { client, close: disconnect } = workbench.connect();
  try {
    const experiments = await client.call('experiment.list', {});
    if (experiments.length === 0) {
      note('Training six children first.');
      const config = readSearchConfig({ dataset: 'cifar10', preset: 'quick', strategy: 'ppo', trials: TRIALS });
      await new Promise<void>((resolve, reject) => {
        const follow = client.subscribe(({ name, payload }) => {
          if (name === 'experiment.changed' && payload.state !== 'running') resolve();
        });
        follow.then(() => client.call('experiment.create', { config })).catch(reject);
      });
    }
    const folder = out === undefined ? join(home, 'screenshots') : terminal.path(out);
    const { address } = server;
    const files = await takeScreenshots({ client, address, link: server.link(), folder, home, only, note });
    if (output.isJson) output.json({ files });
    else output.line(`${files.length} pictures in ${terminal.shown(folder)}`);
  } finally {
    disconnect();
    await close();
  }
}
