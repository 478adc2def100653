import { readFileSync, statSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import type { ProcedureOutput } from '../../../shared/contract.ts';
import { type Architecture, type Scale, SEARCH_STEMS, scaleSchema } from '../../../shared/records/architecture.ts';
import type { SearchScale } from '../../../shared/records/experiment.ts';
import { PUBLISHED_CELLS, parseArchitectureText } from '../../../shared/search-space/cells.ts';
import { scaleNotes, stemFor } from '../../../shared/search-space/child-scale.ts';
import type { MapSize } from '../../../shared/search-space/map-sizes.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { DefineCommand } from '../define-command.ts';
import { formatBytes, formatCount, formatExact } from '../format.ts';
import { withHome } from '../home-client.ts';
import { choiceOption, wholeNumber } from '../options.ts';
import type { Output } from '../output.ts';
import { type Column, drawTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { closestWord, padEnd, printable } from '../text.ts';

interface DescribeOptions {
  readonly cell?: string;
  readonly stem: SearchScale['stem'];
  readonly normalRepeats: number;
  readonly filters: number;
  readonly imageSize: MapSize;
  readonly channels: number;
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
    .addOption(
      choiceOption('--stem <kind>', 'stem for small or for large images, or by their size', SEARCH_STEMS, 'auto'),
    )
    .addOption(number('--normal-repeats <N>', 'Normal cells in each of the three stacks', 6))
    .addOption(number('--filters <F>', 'filters of the first stack; doubled at each reduction', 32))
    .addOption(
      new Option('--image-size <pixels>', 'side of a square image, or HEIGHTxWIDTH such as 48x64')
        .argParser(readImageSize)
        .default([32, 32], '32'),
    )
    .addOption(number('--channels <number>', 'channels of an image: 1 for grey, 3 for colours', 3))
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

/** One side for both, or height and width with an x between. */
function readImageSize(text: string): MapSize {
  const sides = /^(\d{1,6})(?:[x×](\d{1,6}))?$/i.exec(text.trim());
  if (!sides) throw new InvalidArgumentError('It takes a whole number, or two as in 48x64 (height x width).');
  return [Number(sides[1]), Number(sides[2] ?? sides[1])];
}

async function describeNetwork(terminal: Terminal, options: DescribeOptions): Promise<void> {
  if (options.cell === undefined) {
    throw new WorkbenchError('invalid_input', 'Which cells? --cell takes nasnet-a or a file with both cells as JSON.');
  }
  const architecture = readCell(terminal, options.cell);
  const scale = readScale(options);
  const costs = await withHome(terminal, (client) => client.call('model.describe', { architecture, scale }));
  const notes = scaleNotes(scale, options.stem);
  const { output } = terminal;
  if (output.isJson) {
    const { trainableParameters, totalParameters, multiplyAdds, endpoints } = costs;
    output.json({ trainableParameters, totalParameters, multiplyAdds, endpoints, notes });
  } else {
    output.lines(costLines(output, costs, scale));
    if (notes.length > 0) output.lines(['', ...notes]);
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
  height: '--image-size, height',
  width: '--image-size, width',
  channels: '--channels',
  classes: '--classes',
  stemFilters: '--stem-filters',
};

function readScale({ cell: _, imageSize, ...options }: DescribeOptions): Scale {
  const [height, width] = imageSize;
  const stem = options.stem === 'auto' ? stemFor(height, width) : options.stem;
  const values = { ...options, stem, height, width };
  const result = scaleSchema.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const flag = SCALE_FLAGS[String(issue.path[0])] ?? String(issue.path[0]);
  const value = (values as Readonly<Record<string, unknown>>)[String(issue.path[0])];
  throw new WorkbenchError('invalid_input', `${flag} ${String(value)} does not fit: ${boundsWords(issue)}.`);
}

function boundsWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return `it must be ${issue.minimum} or more`;
  if (issue.code === 'too_big') return `it must be ${issue.maximum} or less`;
  if (issue.code === 'invalid_value') return `it must be ${issue.values.join(' or ')}`;
  return issue.message;
}

type Described = ProcedureOutput<'model.describe'>;

const CELL_COLUMNS: readonly Column[] = [
  { head: 'part', align: 'left', leaveOut: 0 },
  { head: 'kind', align: 'left', leaveOut: 2 },
  { head: 'output', align: 'right', leaveOut: 0 },
  { head: 'params', align: 'right', leaveOut: 0 },
  { head: 'mult-adds', align: 'right', leaveOut: 0 },
  { head: 'share', align: 'right', leaveOut: 1 },
];

function costLines(output: Output, costs: Described, scale: Scale): string[] {
  const totals: [string, string][] = [
    ['trainable parameters', formatExact(costs.trainableParameters)],
    ['total parameters', `${formatExact(costs.totalParameters)} (with the statistics of batch normalisation)`],
    [
      'multiply-adds',
      `${formatExact(costs.multiplyAdds)} an image of ${scale.height} x ${scale.width}${scale.channels === 1 ? ' in grey' : ''}`,
    ],
    ['inference memory', `about ${formatBytes(costs.inferenceBytes)} for one image in float32`],
  ];
  return [
    ...totals.map(([name, value]) => `${padEnd(name, 22)}${value}`),
    '',
    ...drawTable(CELL_COLUMNS, costRows(costs), output.width, output.paint('dim')),
  ];
}

function costRows(costs: Described): { text: string }[][] {
  return costs.parts.map(({ name, kind, outputShape, trainableParameters, multiplyAdds }) =>
    [
      name,
      kind,
      outputShape === null ? '–' : outputShape.join(' x '),
      formatCount(trainableParameters),
      formatCount(multiplyAdds),
      `${((100 * multiplyAdds) / costs.multiplyAdds).toFixed(1)} %`,
    ].map((text) => ({ text })),
  );
}
