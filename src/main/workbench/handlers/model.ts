import type { Handlers, ProcedureOutput } from '../../../shared/contract.ts';
import { type Cost, type Counts, cost, inferenceMemoryBytes } from '../../../shared/search-space/cost.ts';
import { planNetwork } from '../../../shared/search-space/plan-network.ts';

export function modelHandlers(): Pick<Handlers, 'model.describe'> {
  return {
    'model.describe': ({ architecture, scale }) => {
      const costs = cost(planNetwork(architecture, scale));
      const { trainableParameters, totalParameters, multiplyAdds, endpoints } = costs;
      const sums = { trainableParameters, totalParameters, multiplyAdds, endpoints };
      return { ...sums, parts: partsOf(costs), inferenceBytes: inferenceMemoryBytes(costs, 1) };
    },
  };
}

function partsOf(costs: Cost): ProcedureOutput<'model.describe'>['parts'] {
  const part = (name: string, kind: string, outputShape: number[] | null, counts: Counts) => {
    const { trainableParameters, multiplyAdds } = counts;
    return { name, kind, outputShape, trainableParameters, multiplyAdds };
  };
  // The endpoint of that name lies behind the two stem cells where there are some.
  const stem = costs.cells[0]?.name.startsWith('cell_stem') ? undefined : costs.endpoints[0];
  const auxiliary = costs.auxiliary.trainableParameters > 0 ? [part('auxiliary', '', null, costs.auxiliary)] : [];
  return [
    part('stem', '', stem?.shape ?? null, costs.stem),
    ...costs.cells.map((cell) => part(cell.name, cell.kind, cell.outputShape, cell)),
    ...auxiliary,
    part('head', '', costs.endpoints.at(-1)?.shape ?? null, costs.head),
  ];
}
