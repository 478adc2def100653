import { permutation } from '../../shared/random.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';

export interface SplitRequest {
  /** Images that the data set's training part holds. */
  readonly available: number;
  readonly trainingImages: number;
  readonly validationImages: number;
  /** `splitSeed` of the experiment. */
  readonly seed: number;
}

export interface TrainingSplit {
  /** Indices into the training images, in a random order; disjoint from `validation`. */
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Takes the images that children train on and those that score them from the training images, at random and not
 * stratified (paper, A.1: 5,000 random ones of 50,000 validate). A function of its arguments alone. The validation
 * images of a seed don't depend on how many train: ours, so that presets with equal validation counts score alike.
 * Throws `WorkbenchError` `invalid_input` when the data set holds too few.
 */
export function splitTrainingImages({
  available,
  trainingImages,
  validationImages,
  seed,
}: SplitRequest): TrainingSplit {
  for (const count of [trainingImages, validationImages]) {
    if (!Number.isInteger(count) || count < 1) {
      throw new WorkbenchError('invalid_input', `A split takes at least one image for each part, not ${count}.`);
    }
  }
  const wanted = trainingImages + validationImages;
  if (wanted > available) {
    throw new WorkbenchError(
      'invalid_input',
      `${trainingImages} training and ${validationImages} validation images are ${wanted}, but the data set has ${available}: ask for fewer.`,
    );
  }
  const order = permutation(available, seed, 0);
  return { validation: order.slice(0, validationImages), training: order.slice(validationImages, wanted) };
}
