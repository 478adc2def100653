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
