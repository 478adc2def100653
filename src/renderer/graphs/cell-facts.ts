import type { Operation } from '../../shared/records/architecture.ts';
import { type Cost, cost } from '../../shared/search-space/cost.ts';
import type { NetworkPlan, PlannedCell, Side } from '../../shared/search-space/plan.ts';

/** What an operation costs at one place of a network; counts as in `Counts`, shapes `[height, width, channels]`. */
export interface OperandFacts {
  readonly block: number;
  readonly side: Side;
  readonly operation: Operation;
  /** Hidden state that is read. */
  readonly input: number;
  readonly stride: 1 | 2;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Shares of the whole cell's, 0 to 1; 0 where the cell has none. */
  readonly parameterShare: number;
  readonly multiplyAddShare: number;
}

export interface CellFacts {
  /** The released scope: `cell_0`, `reduction_cell_0`, … */
  readonly name: string;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of the blocks that are built. */
  readonly operands: readonly OperandFacts[];
  /** Shapes by hidden state, `[height, width, channels]`; null for what is not built. */
  readonly stateShapes: readonly (readonly number[] | null)[];
  readonly outputShape: readonly number[] | null;
}

const costs = new WeakMap<NetworkPlan, Cost>();

/** What the parts of one cell of a network cost; `cellIndex` counts in `plan.cells`. Throws when there is no such cell. */
export function cellFacts(plan: NetworkPlan, cellIndex: number): CellFacts {
  const planned = plan.cells[cellIndex];
  if (planned === undefined) throw new RangeError(`a plan of ${plan.cells.length} cells has no cell ${cellIndex}`);
  const whole = costs.get(plan) ?? cost(plan);
  costs.set(plan, whole);
  const { name, trainableParameters, multiplyAdds, operands, outputShape } = whole.cells[cellIndex]!;
  const share = (part: number, all: number) => (all === 0 ? 0 : part / all);
  return {
    name,
    parameters: trainableParameters,
    multiplyAdds,
    operands: operands.map((operand): OperandFacts => {
      const { operation, input } = planned.blocks.find(({ block }) => block === operand.block)![operand.side];
      const { block, side, stride, inputShape } = operand;
      return {
        ...{ block, side, operation, input, stride, inputShape },
        outputShape: operand.outputShape,
        parameters: operand.trainableParameters,
        multiplyAdds: operand.multiplyAdds,
        parameterShare: share(operand.trainableParameters, trainableParameters),
        multiplyAddShare: share(operand.multiplyAdds, multiplyAdds),
      };
    }),
    stateShapes: stateShapes(plan, planned),
    outputShape,
  };
}

/** The first cell of a kind that is built, as an index in `plan.cells`; undefined when there is none. */
export function firstCell(plan: NetworkPlan, kind: 'normal' | 'reduction'): number | undefined {
  return plan.cells.find((cell) => cell.kind === kind && cell.outputStep !== null)?.index;
}

function stateShapes(plan: NetworkPlan, { kind, inputSteps, blocks }: PlannedCell): (readonly number[] | null)[] {
  const shapeOf = (step: number | null) => (step === null ? null : plan.steps[step]!.shape);
  const count = plan.architecture[kind].blocks.length;
  const built = new Map(blocks.map(({ block, outputStep }) => [block, outputStep]));
  return [...inputSteps, ...Array.from({ length: count }, (_, block) => built.get(block) ?? null)].map(shapeOf);
}
