/** Data sets that Cellwright can fetch by itself. */
export const KNOWN_DATASETS = ['cifar10'] as const;

export function isKnownDataset(name: string): boolean {
  return KNOWN_DATASETS.some((known) => known === name);
}
