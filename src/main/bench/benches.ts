import type { Bench } from './bench.ts';

export interface BenchEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Bench>;
}

/** Every bench; each lives in a file of its own. */
export const BENCHES: readonly BenchEntry[] = [
  {
    name: 'space',
    summary:
      'a training step of random architectures over the whole space; how many, 500 if not given; --sizes: 60 on images of 8 to 512 pixels, oblong, grey or in colour, with their gradients',
    load: async () => (await import('./space.ts')).spaceBench,
  },
  {
    name: 'controller',
    summary: 'PPO and evolution against random search on a landscape with a hidden architecture, ten seeds',
    load: async () => (await import('./controller.ts')).controllerBench,
  },
  {
    name: 'engine',
    summary:
      'the same child in Cellwright, Keras and PyTorch; fetches the peers (7 GB) at its first run, --no-pytorch skips one',
    load: async () => (await import('./engine.ts')).engineBench,
  },
  {
    name: 'chaos',
    summary:
      'kills of main and of trainers, after which a search must end as if undisturbed; --main, --trainer, --steps: how many',
    load: async () => (await import('./chaos.ts')).chaosBench,
  },
  {
    name: 'workbench',
    summary:
      'the window over 20,000 trials while a search writes, in a real Chromium; --trials, --epochs, --minutes, --seconds shorten it',
    load: async () => (await import('./workbench.ts')).workbenchBench,
  },
  {
    name: 'unchanged',
    summary:
      'whether this code computes what that of --before REVISION does, bit for bit, also across a kill; --small, --quick: some seconds of training',
    load: async () => (await import('./unchanged.ts')).unchangedBench,
  },
  {
    name: 'weights',
    summary: "kept weights (FILE) in Python's safetensors: the plan's names, equal bit for bit",
    load: async () => (await import('./weights.ts')).weightsBench,
  },
];
