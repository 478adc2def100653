import type { z } from 'zod';
import nasnetA from '../../../resources/cells/nasnet-a.json' with { type: 'json' };
import { type Architecture, architectureSchema } from '../records/architecture.ts';
import { WorkbenchError } from '../workbench-error.ts';

/**
 * Cells as JSON, the form of `resources/cells/*.json` (JSON Schema: resources/cells/architecture.schema.json):
 *
 *     { "normal": CELL, "reduction": CELL }
 *     CELL:    { "blocks": [BLOCK, …], "outputs": [STATE, …] }     1 to 8 blocks; outputs ascend, without repeats
 *     BLOCK:   { "left": OPERAND, "right": OPERAND, "combine": "add" | "concat" }
 *     OPERAND: { "input": STATE, "operation": one of the 13 names in `OPERATIONS` }
 *     STATE:   0 the cell's current input, 1 the previous one, 2 + k the output of the k-th block, counted from 0
 *
 * Throws `invalid_input` with a sentence that names cell, block, side and value.
 */
export function parseArchitecture(json: unknown): Architecture {
  const result = architectureSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new WorkbenchError('invalid_input', `${describePlace(issue.path)}${describeProblem(issue, json)}.`);
}

/** The text of a JSON file; throws `invalid_input` when it is not JSON or not an architecture. */
export function parseArchitectureText(text: string): Architecture {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkbenchError('invalid_input', `An architecture must be JSON, and this is not: ${reason}.`);
  }
  return parseArchitecture(json);
}

/**
 * NASNet-A as the released code builds it: its Normal cell concatenates six states, one of them the previous input,
 * and its Reduction cell four. The paper's figure 4 shows five and three, and gives other parameter counts than its
 * tables.
 */
export const NASNET_A: Architecture = parseArchitecture(nasnetA);

/** Cells that can be named instead of given as a file. */
export const PUBLISHED_CELLS: Readonly<Record<string, Architecture>> = { 'nasnet-a': NASNET_A };

/** Blocks are counted from 1 in sentences. */
function describePlace(path: readonly PropertyKey[]): string {
  const [cell, part, index, side, field] = path;
  if (cell === undefined) return 'This architecture';
  if (cell !== 'normal' && cell !== 'reduction') return `"${String(cell)}"`;
  const words = [`${cell === 'normal' ? 'Normal' : 'Reduction'} cell`];
  if (part === 'outputs') words.push(index === undefined ? 'outputs' : `output ${Number(index) + 1}`);
  if (part === 'blocks') words.push(index === undefined ? 'blocks' : `block ${Number(index) + 1}`);
  if (side !== undefined) words.push(String(side));
  if (field !== undefined) words.push(String(field));
  return words.join(', ');
}

function describeProblem(issue: z.core.$ZodIssue, json: unknown): string {
  const value = valueAt(json, issue.path);
  if (issue.code === 'unrecognized_keys')
    return `: ${issue.keys.map((key) => `"${key}"`).join(', ')} is not known here`;
  if (issue.code === 'custom') return `: ${issue.message}`;
  if (value === undefined) return ' is missing';
  const shown = JSON.stringify(value);
  const short = shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
  if (issue.code === 'invalid_value') return `: ${short} is none of ${issue.values.map(String).join(', ')}`;
  return `: ${short} does not fit (${issue.message})`;
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
