import path from 'node:path';
import { CIFAR10_WORK_BYTES, fetchCifar10, isCifar10Whole } from '../datasets/cifar10.ts';
import type { SetupStep } from './step.ts';

/** The real CIFAR-10, all 60,000 images, as a stored data set. */
export const cifar10Step: SetupStep = {
  name: 'cifar10',
  isDone: ({ home }) => isCifar10Whole(home),
  tools: () => ['npm'],
  space: ({ home }) => ({ folder: path.join(home, 'datasets'), bytes: CIFAR10_WORK_BYTES }),
  run: ({ home, env, progress, signal }) => fetchCifar10(home, { env, progress, signal }),
};
