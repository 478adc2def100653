import type { Command } from 'commander';
import type { Dataset } from '../../../shared/records/dataset.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { addDataset } from '../../datasets/add-dataset.ts';
import { KNOWN_DATASETS } from '../../datasets/known-datasets.ts';
import { hearEndSignals } from '../../end-signals.ts';
import { createProgress } from '../../fetch/progress.mjs';
import type { DefineCommand } from '../define-command.ts';
import { exitOfSignal } from '../exit.ts';
import { formatBytes, formatExact } from '../format.ts';
import { withHome } from '../home-client.ts';
import type { Output } from '../output.ts';
import { type Column, drawTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { closestWord, printable } from '../text.ts';

// Data sets belong to the machine and not to a project, so these need no workbench.
export const defineDatasets: DefineCommand = (command, terminal) => {
  command
    .command('list')
    .description('list the data sets on this machine')
    .action(() => listDatasets(terminal()));
  defineAdd(command.command('add'), terminal);
  command.allowExcessArguments().action(() => {
    const asked = command.args[0];
    if (asked === undefined) return listDatasets(terminal());
    const meant = closestWord(asked, ['list', 'add']);
    const hint = meant ? `Did you mean ${meant}?` : 'There are list and add.';
    throw new WorkbenchError('invalid_input', `Unknown command 'datasets ${printable(asked)}'. ${hint}`);
  });
};

function defineAdd(command: Command, terminal: () => Terminal): void {
  command
    .description('fetch and prepare a data set that Cellwright knows')
    .argument('<name>', `which one: ${KNOWN_DATASETS.join(', ')}`)
    .action(async (name: string) => {
      const { output, home } = terminal();
      const interrupted = new AbortController();
      const release = hearEndSignals({
        first: () => interrupted.abort(),
        again: (signal) => process.exit(exitOfSignal(signal)),
      });
      const progress = createProgress(output.err);
      const { signal } = interrupted;
      const dataset = await addDataset(home, name, { env: process.env, progress, signal }).finally(release);
      if (output.isJson) output.json(dataset);
      else output.line(`${dataset.title} is ready: ${imageWords(dataset.counts)}, ${dataset.classes.length} classes.`);
    });
}

function imageWords({ train, test }: { train: number; test: number }): string {
  return `${formatExact(train)} training and ${formatExact(test)} test images`;
}

async function listDatasets(terminal: Terminal): Promise<void> {
  const { output } = terminal;
  const [ready, damaged] = await withHome(terminal, (client) =>
    Promise.all([client.call('dataset.list', {}), client.call('dataset.damaged', {})]),
  );
  if (output.isJson) output.json(ready);
  else output.lines(datasetLines(output, ready, damaged));
  for (const { name, problem } of damaged) output.note(`${name} can't be used: ${printable(problem)}`);
}

const COLUMNS: readonly Column[] = [
  { head: 'name', align: 'left', leaveOut: 0 },
  { head: 'title', align: 'left', leaveOut: 3, shrinkTo: 8 },
  { head: 'training', align: 'right', leaveOut: 0 },
  { head: 'test', align: 'right', leaveOut: 0 },
  { head: 'classes', align: 'right', leaveOut: 1 },
  { head: 'height x width', align: 'right', leaveOut: 2 },
  { head: 'size', align: 'right', leaveOut: 4 },
  { head: 'state', align: 'left', leaveOut: 0, shrinkTo: 8 },
];

function datasetLines(output: Output, ready: readonly Dataset[], damaged: readonly { name: string }[]): string[] {
  const known = new Set<string>([...ready, ...damaged].map(({ name }) => name));
  const unready = (name: string, state: string): string[] => [name, '–', '–', '–', '–', '–', '–', state];
  const there = [
    ...ready.map((dataset) => [
      dataset.name,
      printable(dataset.title),
      formatExact(dataset.counts.train),
      formatExact(dataset.counts.test),
      String(dataset.classes.length),
      `${dataset.imageSize.height} x ${dataset.imageSize.width}${dataset.channels === 1 ? ' grey' : ''}`,
      formatBytes(dataset.files.reduce((sum, file) => sum + file.sizeBytes, 0)),
      'ready',
    ]),
    ...damaged.map(({ name }) => unready(name, 'damaged')),
  ].sort(([one = ''], [other = '']) => (one < other ? -1 : 1));
  const missing = KNOWN_DATASETS.filter((name) => !known.has(name)).map((name) =>
    unready(name, `not here; \`datasets add ${name}\` fetches it`),
  );
  const cells = [...there, ...missing].map((row) => row.map((text) => ({ text })));
  return drawTable(COLUMNS, cells, output.width, output.paint('dim'));
}
