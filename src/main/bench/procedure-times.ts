import type { Handlers, ProcedureInput } from '../../shared/contract.ts';
import { FILTER_FIELDS } from '../../shared/leaderboard/filter.ts';
import { permutation } from '../../shared/random.ts';
import { LEADERBOARD_MODES, type LeaderboardQuery, SORT_COLUMNS } from '../../shared/records/leaderboard.ts';

/** How long one kind of question took, from the call to its answer as JSON. Milliseconds. */
export interface ProcedureTime {
  readonly procedure: string;
  /** What was varied: a column with its direction, a field of the filter. */
  readonly about: string;
  readonly calls: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly longestMs: number;
}

export interface ProcedureTimes {
  /** Over all calls. */
  readonly p95Ms: number;
  readonly longestMs: number;
  /** Slowest first. */
  readonly kinds: readonly ProcedureTime[];
}

/** Rows that a page asks for at once. */
const PAGE = 100;

interface Question {
  readonly procedure: string;
  readonly about: string;
  readonly ask: (signal: AbortSignal) => unknown;
}

/**
 * Asks one experiment everything that the search screen asks: every column in both directions, every field of the
 * filter, both modes, at the beginning, in the middle and at the end of the rows; and the aggregates. Questions come in
 * a shuffled order, so that few find an answer that is kept, and let other work of the process in between.
 */
export async function measureProcedures(
  { handlers }: { readonly handlers: Handlers },
  experiment: number,
  rounds = 2,
): Promise<ProcedureTimes> {
  const times = new Map<string, { question: Question; ms: number[] }>();
  const { signal } = new AbortController();
  const { counts } = await handlers['experiment.get']({ experiment }, signal);
  const size = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const questions = questionsAbout(handlers, experiment, size);
  for (let round = 0; round < rounds; round++) {
    for (const place of permutation(questions.length, 1, round)) {
      const question = questions[place];
      if (!question) continue;
      await new Promise(setImmediate);
      const start = performance.now();
      JSON.stringify(await question.ask(signal));
      const ms = performance.now() - start;
      const key = `${question.procedure} ${question.about}`;
      const known = times.get(key);
      if (known) known.ms.push(ms);
      else times.set(key, { question, ms: [ms] });
    }
  }
  const all = [...times.values()].flatMap(({ ms }) => ms);
  const kinds = [...times.values()].map(({ question: { procedure, about }, ms }) => ({
    procedure,
    about,
    calls: ms.length,
    medianMs: quantile(ms, 0.5),
    p95Ms: quantile(ms, 0.95),
    longestMs: Math.max(...ms),
  }));
  kinds.sort((one, other) => other.p95Ms - one.p95Ms);
  return { p95Ms: quantile(all, 0.95), longestMs: Math.max(...all), kinds };
}

/** The smallest value that so large a part of the values does not exceed. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

function questionsAbout(handlers: Handlers, experiment: number, size: number): Question[] {
  const queries = LEADERBOARD_MODES.flatMap((mode) => [...sortedBy(mode), ...filteredBy(mode)]);
  const pages = queries.flatMap(({ about, query }) => pagesOf(handlers, { experiment, ...query }, about, size));
  const some = { experiment, trial: 1 + (size >> 1), run: 1 };
  const trial: ProcedureInput<'leaderboard.find'> = { ...some, ...DEFAULT, mode: 'cells' };
  return [
    ...pages,
    one('leaderboard.find', '', (signal) => handlers['leaderboard.find'](trial, signal)),
    one('experiment.get', '', (signal) => handlers['experiment.get']({ experiment }, signal)),
    one('experiment.scatter', '', (signal) => handlers['experiment.scatter']({ experiment, filter: '' }, signal)),
    one('experiment.operations', '', (signal) => handlers['experiment.operations']({ experiment }, signal)),
    one('experiment.curve', '', (signal) => handlers['experiment.curve']({ experiment }, signal)),
    one('trial.get', '', (signal) => handlers['trial.get'](some, signal)),
    one('trial.epochs', '', (signal) => handlers['trial.epochs'](some, signal)),
  ];
}

const one = (procedure: string, about: string, ask: Question['ask']): Question => ({ procedure, about, ask });

const DEFAULT: LeaderboardQuery = {
  mode: 'trials',
  filter: '',
  sort: { column: 'reward', isAscending: false },
  isTrash: false,
};

interface Asked {
  readonly about: string;
  readonly query: LeaderboardQuery;
}

function sortedBy(mode: LeaderboardQuery['mode']): Asked[] {
  return SORT_COLUMNS.flatMap((column) =>
    [false, true].map((isAscending) => ({
      about: `${mode} by ${column} ${isAscending ? 'up' : 'down'}`,
      query: { ...DEFAULT, mode, sort: { column, isAscending } },
    })),
  );
}

function filteredBy(mode: LeaderboardQuery['mode']): Asked[] {
  const texts = ['no such words', ...FILTER_FIELDS.flatMap(({ example }) => [example, `-${example}`])];
  return texts.map((filter) => ({ about: `${mode} with ${filter}`, query: { ...DEFAULT, mode, filter } }));
}

/** The first page, one in the middle and the last one. */
function pagesOf(
  handlers: Handlers,
  query: LeaderboardQuery & { experiment: number },
  about: string,
  size: number,
): Question[] {
  return [0, 0.5, 0.9].map((part) => {
    const input = { ...query, offset: Math.floor(part * size), limit: PAGE };
    return one('leaderboard.read', about, (signal) => handlers['leaderboard.read'](input, signal));
  });
}
