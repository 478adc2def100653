import type { EvaluateSpec, RunOrder } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { evaluateNetwork } from './evaluate-network.ts';
import { ImageSplit } from './image-split.ts';
import { readNetwork } from './network-weights.ts';
import { type TrainHooks, type TrainResult, trainChild } from './train-child.ts';

/**
 * Carries a run out as its kind asks. Throws only for what can't be met (`WorkbenchError`) and for bugs, as `trainChild`
 * does.
 */
export async function carryOutRun({ spec, placement, resumeFrom }: RunOrder, hooks: TrainHooks): Promise<TrainResult> {
  if (spec.kind === 'evaluate') return evaluate(spec, placement, hooks);
  return await trainChild({ ...spec, ...placement, resumeFrom }, hooks);
}

/** Kept weights on the validation images of a split, or on the test images. What is cancelled or saved begins anew. */
function evaluate(
  spec: EvaluateSpec,
  { datasetFolder, weightsFile, device }: RunOrder['placement'],
  hooks: TrainHooks,
): TrainResult {
  const started = hooks.clock();
  if (weightsFile === null) throw new WorkbenchError('invalid_input', 'An evaluation needs weights.');
  const { facts, tensors } = readNetwork(weightsFile);
  const job = { ...spec, scale: facts.scale, datasetFolder };
  const split = spec.split === 'test' ? ImageSplit.openTest(job) : ImageSplit.open(job);
  try {
    const interrupted = (): boolean => hooks.shouldStop() !== null;
    const counted = evaluateNetwork({ facts, tensors, split, device, interrupted });
    const durationMs = hooks.clock() - started;
    if (counted === null && hooks.shouldStop() === 'suspend') return { kind: 'suspended', step: 0, durationMs };
    const outcome =
      counted === null
        ? ({ kind: 'cancelled', message: 'The evaluation was cancelled.' } as const)
        : ({ kind: 'evaluated', ...counted } as const);
    const nothing = { epochs: [], weightsHash: null, weights: null, timings: {}, exact: true };
    return { kind: 'finished', outcome, durationMs, ...nothing };
  } finally {
    split.close();
  }
}
