import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { inferenceVariables } from '../child-model/network.ts';
import { readNetwork } from '../training/network-weights.ts';
import type { Bench } from './bench.ts';
import { peerPython } from './peer-environment.ts';

const PROGRAM = fileURLToPath(new URL('peers/open_safetensors.py', import.meta.url));

interface FoundTensor {
  readonly name: string;
  /** numpy's. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** Opens kept weights in Python: each tensor of the plan must be there, and no other, equal bit for bit. */
export const weightsBench: Bench = async ({ json, options, home, output }) => {
  const [file] = options;
  if (file === undefined) throw new WorkbenchError('invalid_input', 'Give the file of the weights to open.');
  const { facts, tensors } = readNetwork(file);
  const planned = inferenceVariables(planNetwork(facts.architecture, facts.scale));
  const contents = new Map(tensors.map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]));
  const wanted = planned.map(({ name, shape }): FoundTensor => {
    return { name, type: 'float32', shape, sha256: contents.get(name) ?? 'missing' };
  });
  const python = peerPython(home, 'safetensors', (line) => output.note(line));
  const found = JSON.parse(execFileSync(python, [PROGRAM, file], { encoding: 'utf8' })) as {
    version: string;
    tensors: FoundTensor[];
  };
  const differing = differences(wanted, found.tensors);
  const result = { python: found.version, tensors: found.tensors.length, wanted: wanted.length, differing };
  if (json) output.json(result);
  else {
    output.line(`Python's safetensors ${found.version}: ${result.tensors} tensors, the plan has ${result.wanted}.`);
    output.line(differing.length === 0 ? 'All are equal bit for bit.' : `Other than planned: ${differing.join(', ')}.`);
  }
  return differing.length === 0 ? 0 : 1;
};

/** Names of tensors that only one side has or that are not the same on both. */
function differences(wanted: readonly FoundTensor[], found: readonly FoundTensor[]): string[] {
  const text = ({ type, shape, sha256 }: FoundTensor): string => `${type} ${shape.join()} ${sha256}`;
  const texts = new Map(found.map((tensor) => [tensor.name, text(tensor)]));
  const names = new Set(wanted.map(({ name }) => name));
  return [
    ...wanted.filter((tensor) => texts.get(tensor.name) !== text(tensor)).map(({ name }) => name),
    ...found.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  ];
}
