import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { architectureSchema } from '../../../src/shared/records/architecture.ts';
import { NASNET_A, parseArchitecture, parseArchitectureText } from '../../../src/shared/search-space/cells.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';

const cellsFolder = new URL('../../../resources/cells/', import.meta.url);
const readCells = (name: string) => readFileSync(new URL(name, cellsFolder), 'utf8');

/** NASNet-A's JSON with one place changed. */
function changed(change: (json: ReturnType<typeof structuredClone<typeof NASNET_A>>) => unknown): unknown {
  const json = structuredClone(NASNET_A);
  return change(json) ?? json;
}

describe('NASNet-A', () => {
  it('is the file in resources, whose cells join six and four states', () => {
    expect(parseArchitectureText(readCells('nasnet-a.json'))).toEqual(NASNET_A);
    expect(NASNET_A.normal.outputs).toEqual([1, 2, 3, 4, 5, 6]);
    expect(NASNET_A.reduction.outputs).toEqual([3, 4, 5, 6]);
  });
});

describe('an architecture as JSON', () => {
  it('has a JSON Schema that says what the parser says', () => {
    expect(JSON.parse(readCells('architecture.schema.json'))).toEqual(z.toJSONSchema(architectureSchema));
  });

  it.each<[string, unknown, string]>([
    [
      'an input that comes later',
      changed((json) => {
        json.normal.blocks[2]!.left.input = 9;
      }),
      'Normal cell, block 3, left, input: block 3 can read hidden states 0 to 3, not 9.',
    ],
    [
      'an unknown operation',
      changed((json) => {
        Object.assign(json.reduction.blocks[0]!.right, { operation: 'sep_conv_9x9' });
      }),
      'Reduction cell, block 1, right, operation: "sep_conv_9x9" is none of identity, conv_1x3_3x1,',
    ],
    [
      'a negative input',
      changed((json) => {
        json.normal.blocks[0]!.left.input = -1;
      }),
      'Normal cell, block 1, left, input: -1 does not fit',
    ],
    [
      'a missing side',
      changed((json) => {
        Reflect.deleteProperty(json.normal.blocks[4]!, 'right');
      }),
      'Normal cell, block 5, right is missing.',
    ],
    [
      'an output that no block makes',
      changed((json) => {
        json.normal.outputs = [2, 7];
      }),
      'Normal cell, output 2: a cell of 5 blocks has hidden states 0 to 6, not 7.',
    ],
    [
      'outputs out of order',
      changed((json) => {
        json.normal.outputs = [3, 2];
      }),
      'Normal cell, output 2: outputs must ascend without repeats.',
    ],
    [
      'a word too many',
      changed((json) => {
        Object.assign(json.normal.blocks[0]!, { combination: 'add' });
      }),
      'Normal cell, block 1: "combination" is not known here.',
    ],
    ['a missing cell', { normal: NASNET_A.normal }, 'Reduction cell is missing.'],
    ['another thing altogether', [1, 2], 'This architecture: [1,2] does not fit'],
    ['nothing', null, 'This architecture: null does not fit'],
  ])('with %s is refused by place and value', (_, json, sentence) => {
    const refusal = (() => {
      try {
        parseArchitecture(json);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(WorkbenchError);
    expect(refusal).toMatchObject({ code: 'invalid_input' });
    expect((refusal as WorkbenchError).message).toContain(sentence);
  });

  it('that is not JSON is refused as that', () => {
    expect(() => parseArchitectureText('{"normal": ')).toThrow(/must be JSON, and this is not/);
  });
});
