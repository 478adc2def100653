import { readFileSync, statSync } from 'node:fs';
import { Option } from 'commander';
import type { z } from 'zod';
import { type Architecture, type Scale, STEMS, scaleSchema } from '../../../shared/records/architecture.ts';
import { PUBLISHED_CELLS, parseArchitectureText } from '../../../shared/search-space/cells.ts';
import { type Cost, cost, inferenceMemoryBytes } from '../../../shared/search-space/cost.ts';
import { planNetwork } from '../../../shared/search-space/plan-network.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { DefineCommand } from '../commands.ts';
import { formatBytes, formatCount, formatExact } from '../format.ts';
import { choiceOption, wholeNumber } from '../options.ts';
import type { Output } from '../output.ts';
import { type Column, drawTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { closestWord, padEnd, printable } from '../text.ts';

interface DescribeOptions {
  readonly cell?: string;
  readonly stem: Scale['stem'];
  readonly normalRepeats: number;
  readonly filters: number;
  readonly imageSize: number;
  readonly classes: number;
  readonly auxiliary: boolean;
  readonly skipReductionInput: boolean;
  readonly stemFilters?: number;
}

/** A cell file is a few kilobytes; this stops a wrong path from filling the memory. */
const MAXIMUM_FILE_BYTES = 1_000_000;
const ANY = wholeNumber(0, Number.MAX_SAFE_INTEGER);

export const defineDescribe: DefineCommand = (command, terminal) => {
  const cells = Object.keys(PUBLISHED_CELLS).join(', ');
  command
    .option('--cell <name|file>', `published cell (${cells}) or a file with both cells as JSON`)
    .addOption(choiceOption('--stem <kind>', 'stem for small or for large images', STEMS, 'cifar'))
    .addOption(number('--normal-repeats <N>', 'Normal cells in each of the three stacks', 6))
    .addOption(number('--filters <F>', 'filters of the first stack; doubled at each reduction', 32))
    .addOption(number('--image-size <pixels>', 'height and width of the input', 32))
    .addOption(number('--classes <number>', 'classes of the last layer', 10))
    .option('--auxiliary', 'with the auxiliary classifier, which is there in training only', false)
    .option('--skip-reduction-input', 'wire the cell after a reduction as the released large model does', false)
    .addOption(new Option('--stem-filters <number>', "filters of the ImageNet stem's convolution").argParser(ANY))
    .addHelpText(
      'after',
      '\nThe format of a cell file is in resources/cells/architecture.schema.json; nasnet-a.json is an example.',
    )
    .action((options: DescribeOptions) => describeNetwork(terminal(), options));
};

function number(flags: string, meaning: string, usual: number): Option {
  return new Option(flags, meaning).argParser(ANY).default(usual);
}

function describeNetwork(terminal: Terminal, options: DescribeOptions): void {
  if (options.cell === undefined) {
    throw new WorkbenchError('invalid_input', 'Which cells? --cell takes nasnet-a or a file with both cells as JSON.');
  }
  const architecture = readCell(terminal, options.cell);
  const scale = readScale(options);
  const costs = cost(planNetwork(architecture, scale));
  const { output } = terminal;
  if (output.isJson) {
    const { trainableParameters, totalParameters, multiplyAdds, endpoints } = costs;
    output.json({ trainableParameters, totalParameters, multiplyAdds, endpoints });
  } else {
    output.lines(costLines(output, costs, scale));
  }
}

/** A published cell by its name, else the file. */
function readCell(terminal: Terminal, named: string): Architecture {
  const published = Object.hasOwn(PUBLISHED_CELLS, named) ? PUBLISHED_CELLS[named] : undefined;
  if (published) return published;
  const file = terminal.path(named);
  const text = readCellFile(file, named);
  try {
    return parseArchitectureText(text);
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    throw new WorkbenchError(error.code, `${printable(named)}: ${printable(error.message)}`, { cause: error });
  }
}

function readCellFile(file: string, named: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) {
    const meant = closestWord(named, Object.keys(PUBLISHED_CELLS));
    const hint = meant ? ` Did you mean ${meant}?` : ` Published are ${Object.keys(PUBLISHED_CELLS).join(', ')}.`;
    throw new WorkbenchError('not_found', `There is no file or published cell ${printable(named)}.${hint}`);
  }
  if (stats.size > MAXIMUM_FILE_BYTES) {
    throw new WorkbenchError(
      'invalid_input',
      `${printable(named)} holds ${formatBytes(stats.size)}; a cell file is not larger than ${formatBytes(MAXIMUM_FILE_BYTES)}.`,
    );
  }
  return readFileSync(file, 'utf8');
}

const SCALE_FLAGS: Readonly<Record<string, string>> = {
  stem: '--stem',
  normalRepeats: '--normal-repeats',
  filters: '--filters',
  imageSize: '--image-size',
  classes: '--classes',
  stemFilters: '--stem-filters',
};

function readScale({ cell: _, ...options }: DescribeOptions): Scale {
  const result = scaleSchema.safeParse(options);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const flag = SCALE_FLAGS[String(issue.path[0])] ?? String(issue.path[0]);
  const value = (options as Readonly<Record<string, unknown>>)[String(issue.path[0])];
  throw new WorkbenchError('invalid_input', `${flag} ${String(value)} does not fit: ${boundsWords(issue)}.`);
}

function boundsWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return `it must be ${issue.minimum} or more`;
  if (issue.code === 'too_big') return `it must be ${issue.maximum} or less`;
  return issue.message;
}

const CELL_COLUMNS: readonly Column[] = [
  { head: 'part', align: 'left', leaveOut: 0 },
  { head: 'kind', align: 'left', leaveOut: 2 },
  { head: 'output', align: 'right', leaveOut: 0 },
  { head: 'params', align: 'right', leaveOut: 0 },
  { head: 'mult-adds', align: 'right', leaveOut: 0 },
  { head: 'share', align: 'right', leaveOut: 1 },
];

function costLines(output: Output, costs: Cost, scale: Scale): string[] {
  const totals: [string, string][] = [
    ['trainable parameters', formatExact(costs.trainableParameters)],
    ['total parameters', `${formatExact(costs.totalParameters)} (with the statistics of batch normalisation)`],
    ['multiply-adds', `${formatExact(costs.multiplyAdds)} an image of ${scale.imageSize} x ${scale.imageSize}`],
    ['inference memory', `about ${formatBytes(inferenceMemoryBytes(costs, 1))} for one image in float32`],
  ];
  return [
    ...totals.map(([name, value]) => `${padEnd(name, 22)}${value}`),
    '',
    ...drawTable(CELL_COLUMNS, costRows(costs), output.width, output.paint('dim')),
  ];
}

function costRows(costs: Cost): { text: string }[][] {
  const row = (part: string, kind: string, shape: readonly number[] | null, counts: Cost['stem']) =>
    [
      part,
      kind,
      shape === null ? '–' : shape.join(' x '),
      formatCount(counts.trainableParameters),
      formatCount(counts.multiplyAdds),
      `${((100 * counts.multiplyAdds) / costs.multiplyAdds).toFixed(1)} %`,
    ].map((text) => ({ text }));
  // The endpoint of that name lies behind the two stem cells where there are some.
  const stem = costs.cells[0]?.name.startsWith('cell_stem') ? undefined : costs.endpoints[0];
  const rows = [row('stem', '', stem?.shape ?? null, costs.stem)];
  for (const cell of costs.cells) rows.push(row(cell.name, cell.kind, cell.outputShape, cell));
  if (costs.auxiliary.trainableParameters > 0) rows.push(row('auxiliary', '', null, costs.auxiliary));
  rows.push(row('head', '', costs.endpoints.at(-1)?.shape ?? null, costs.head));
  return rows;
}
