import type { Dataset } from '../../../shared/records/dataset.ts';
import type { Subset } from '../../../shared/records/recipe.ts';
import { countSubset } from '../../../shared/subset.ts';
import { plural } from '../../components/words.ts';

/** What a subset comes to on a data set, and why where it is less than the subset would take. */
export function subsetSentence(subset: Subset, { counts }: Pick<Dataset, 'counts'>): string {
  const { train } = counts;
  // A search needs an image to learn from and one to score by.
  if (train < 2) return 'This data set has one training image, which cannot be split.';
  const { training, validation } = countSubset(subset, train);
  const images = `${training.toLocaleString('en')} training and ${plural(validation, 'validation image')}`;
  const isLess = training < subset.training.most || validation < subset.validation.most;
  return isLess ? `Here ${images}: this data set has no more than ${train.toLocaleString('en')}.` : `Here ${images}.`;
}
