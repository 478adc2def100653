import { WorkbenchError } from '../../shared/workbench-error.ts';
import { closestWord, printable } from '../terminal/text.ts';

/** Where a bench writes: results to stdout, progress to stderr. */
export interface BenchOutput {
  line(text?: string): void;
  json(value: unknown): void;
  note(text: string): void;
}

export interface BenchRequest {
  readonly json: boolean;
  /** What stood behind the bench's name on the command line. */
  readonly options: readonly string[];
  /** Folder of everything that Cellwright makes. */
  readonly home: string;
  readonly output: BenchOutput;
}

/** Measures, prints, and returns the exit code: 1 when a bar that the bench sets itself is not reached. */
export type Bench = (request: BenchRequest) => Promise<number>;

export interface BenchEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Bench>;
}

/** Every bench; each lives in a file of its own. */
export const BENCHES: readonly BenchEntry[] = [
  {
    name: 'space',
    summary: 'a training step of random architectures over the whole space; how many, 500 if not given',
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
];

export function findBench(name: string): BenchEntry {
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (bench) return bench;
  const known = BENCHES.map((candidate) => candidate.name);
  const meant = closestWord(name, known);
  const hint = meant ? `Did you mean ${meant}?` : `There are ${known.join(', ')}.`;
  throw new WorkbenchError('invalid_input', `There is no bench ${printable(name)}. ${hint}`);
}
