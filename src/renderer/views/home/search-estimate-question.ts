import type { SearchEstimate } from '../../../shared/records/estimate.ts';
import type { ExperimentConfig } from '../../../shared/records/experiment.ts';
import type { WorkbenchError } from '../../../shared/workbench-error.ts';

/** What is asked about a search, and of which kind its children are; both empty where nothing can be asked. */
export interface EstimateQuestion {
  readonly kind: string;
  readonly asked: string;
}

export function estimateQuestion(config: ExperimentConfig | null): EstimateQuestion {
  if (config === null) return { kind: '', asked: '' };
  const { dataset, space, scale, recipe, subset, trialsAtOnce } = config;
  // What a child's time and memory depend on.
  return { kind: JSON.stringify([dataset, space, scale, recipe, subset, trialsAtOnce]), asked: JSON.stringify(config) };
}

export interface GivenEstimate extends EstimateQuestion {
  readonly value: SearchEstimate;
}

/** The last question that was refused, and why. */
export interface RefusedEstimate {
  readonly asked: string;
  readonly error: WorkbenchError;
}

export interface EstimateView {
  /** Of children of this kind, maybe for another budget. */
  readonly known: SearchEstimate | null;
  /** What is known answers another question than the one that stands. */
  readonly isOld: boolean;
  /** Why the question that stands has no answer. */
  readonly error: WorkbenchError | null;
  /** It is worth asking without being told to: nothing is measured, and it was not refused. */
  readonly asksAgain: boolean;
}

export function estimateView(
  question: EstimateQuestion,
  given: GivenEstimate | null,
  refused: RefusedEstimate | null,
): EstimateView {
  const isKnown = given !== null && given.kind === question.kind;
  const isOld = isKnown && given.asked !== question.asked;
  const error = refused !== null && refused.asked === question.asked ? refused.error : null;
  return { known: isKnown ? given.value : null, isOld, error, asksAgain: isOld && error === null };
}
