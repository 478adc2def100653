import type { Amount, Subset, SubsetCounts } from './records/recipe.ts';
import { WorkbenchError } from './workbench-error.ts';

/**
 * Images of a subset of a data set with so many training images. The validation images are counted first, so that
 * subsets with equal validation images score alike, and one image at least is left to learn from. Throws
 * `invalid_input` below two images.
 */
export function countSubset({ training, validation }: Subset, available: number): SubsetCounts {
  if (available < 2) {
    const images = available === 1 ? 'one training image' : `${available} training images`;
    throw new WorkbenchError('invalid_input', `A data set of ${images} can't be split into training and validation.`);
  }
  const scoring = Math.min(amountOf(validation, available), available - 1);
  return { validation: scoring, training: Math.min(amountOf(training, available), available - scoring) };
}

function amountOf({ share, most }: Amount, available: number): number {
  return Math.max(1, Math.min(Math.round(share * available), most));
}
