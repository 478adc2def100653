import type { Handlers } from '../../../shared/contract.ts';
import { cost } from '../../../shared/search-space/cost.ts';
import { planNetwork } from '../../../shared/search-space/plan-network.ts';

export function modelHandlers(): Pick<Handlers, 'model.describe'> {
  return {
    'model.describe': ({ architecture, scale }) => {
      const { trainableParameters, totalParameters, multiplyAdds, endpoints } = cost(planNetwork(architecture, scale));
      return { trainableParameters, totalParameters, multiplyAdds, endpoints };
    },
  };
}
