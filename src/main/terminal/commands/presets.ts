import { factOf } from '../../../shared/hyperparameter-facts.ts';
import { PRESET_NAMES, PRESETS, type Preset, type PresetName } from '../../../shared/presets.ts';
import { STRATEGY_KINDS, type StrategyKind } from '../../../shared/records/strategy.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { DefineCommand } from '../define-command.ts';
import { choiceOption } from '../options.ts';
import type { Output } from '../output.ts';
import { leafPaths } from '../overrides.ts';
import { type Column, drawTable } from '../table.ts';
import { closestWord, printable } from '../text.ts';

export const definePresets: DefineCommand = (command, terminal) => {
  command
    .argument('[name]', `which one: ${PRESET_NAMES.join(', ')}`)
    .addOption(choiceOption('--strategy <kind>', 'whose values are shown', STRATEGY_KINDS, 'ppo'))
    .addHelpText('after', '\n`search --set path=value` changes a value of the preset.')
    .action((name: string | undefined, { strategy }: { strategy: StrategyKind }) => {
      const { output } = terminal();
      if (name === undefined) listPresets(output);
      else showPreset(output, findPreset(name), strategy);
    });
};

function findPreset(name: string): Preset {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName];
  const meant = closestWord(name, PRESET_NAMES);
  const hint = meant ? `Did you mean ${meant}?` : `There are ${PRESET_NAMES.join(', ')}.`;
  throw new WorkbenchError('invalid_input', `There is no preset ${printable(name)}. ${hint}`);
}

function listPresets(output: Output): void {
  const presets = Object.values(PRESETS);
  if (output.isJson) {
    output.json(presets);
    return;
  }
  const columns: Column[] = [
    { head: 'preset', align: 'left', leaveOut: 0 },
    { head: 'what it is for', align: 'left', leaveOut: 0, shrinkTo: 30 },
  ];
  const rows = presets.map(({ name, summary }) => [{ text: name }, { text: summary }]);
  output.lines(drawTable(columns, rows, output.width, output.paint('dim')));
}

/** A value in one line, `path = value unit`, and what it means and where it comes from below. */
function showPreset(output: Output, preset: Preset, strategy: StrategyKind): void {
  const values = presetValues(preset, strategy);
  if (output.isJson) {
    output.json({ name: preset.name, summary: preset.summary, strategy, values });
    return;
  }
  const bold = output.paint('bold');
  const dim = output.paint('dim');
  output.line(`${bold(preset.name)}: ${preset.summary}`);
  for (const { path, value, unit, meaning, source } of values) {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    output.lines(['', `${bold(path)} = ${shown}${unit === '' ? '' : ` ${unit}`}`]);
    output.line(`  ${meaning}. ${dim(`Source: ${source}.`)}`);
  }
}

interface PresetValue {
  readonly path: string;
  readonly value: unknown;
  readonly unit: string;
  readonly meaning: string;
  readonly source: string;
}

/** Every value of a preset with one of its strategies, in the order of the record. */
function presetValues({ name, config, strategies }: Preset, strategy: StrategyKind): PresetValue[] {
  const whole = { ...config, strategy: strategies[strategy] };
  return leafPaths(whole).map((path) => {
    const fact = factOf(name, path, strategy);
    if (!fact) throw new Error(`nothing is known about ${path}`);
    return { path, value: valueAt(whole, path), ...fact };
  });
}

function valueAt(config: object, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) value = (value as Readonly<Record<string, unknown>>)[key];
  return value;
}
