import { PRESET_NAMES, PRESETS, type Preset, type PresetName } from '../../../shared/presets.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { DefineCommand } from '../commands.ts';
import type { Output } from '../output.ts';
import { leafPaths } from '../overrides.ts';
import { type Column, drawTable } from '../table.ts';
import { closestWord, printable } from '../text.ts';

export const definePresets: DefineCommand = (command, terminal) => {
  command
    .argument('[name]', `which one: ${PRESET_NAMES.join(', ')}`)
    .addHelpText('after', '\n`search --set path=value` changes a value of the preset.')
    .action((name: string | undefined) => {
      const { output } = terminal();
      if (name === undefined) listPresets(output);
      else showPreset(output, findPreset(name));
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

function showPreset(output: Output, preset: Preset): void {
  const values = presetValues(preset);
  if (output.isJson) {
    output.json({ name: preset.name, summary: preset.summary, values });
    return;
  }
  output.lines([output.paint('bold')(`${preset.name}: ${preset.summary}`), '']);
  const columns: Column[] = [
    { head: 'value', align: 'left', leaveOut: 0 },
    { head: 'is', align: 'left', leaveOut: 0, shrinkTo: 12 },
  ];
  const rows = values.map(({ path, value }) => [{ text: path }, { text: JSON.stringify(value) }]);
  output.lines(drawTable(columns, rows, output.width, output.paint('dim')));
}

interface PresetValue {
  readonly path: string;
  readonly value: unknown;
}

/** Every value of a preset by its path, those of the PPO strategy included. */
function presetValues({ config, strategies }: Preset): PresetValue[] {
  const whole = { ...config, strategy: strategies.ppo };
  return leafPaths(whole).map((path) => ({ path, value: valueAt(whole, path) }));
}

function valueAt(config: object, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) value = (value as Readonly<Record<string, unknown>>)[key];
  return value;
}
