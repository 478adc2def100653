import type { FilterCondition, FilterTerm } from '../../shared/leaderboard/filter.ts';
import { STATE_ORDER } from '../../shared/leaderboard/row-order.ts';
import type { SortColumn } from '../../shared/records/leaderboard.ts';
import { bitsOf } from './operation-uses.ts';

/** An SQL expression over the table `leaderboard`, and what stands for its question marks. */
export interface SqlTest {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** What each column sorts by. */
const ORDERS: Readonly<Record<SortColumn, string>> = {
  reward: 'reward',
  best: 'best',
  params: 'trainable_parameters',
  madds: 'multiply_adds',
  // Not trained yet, or its reward was reused: that is no time.
  time: 'nullif(duration_ms, 0)',
  state: 'state',
  origin: 'origin_order COLLATE NOCASE',
  times: 'proposals',
  trial: 'trial',
  update: 'batch',
  hash: 'hash',
  seed: 'seed',
  attempts: 'attempts',
  started: 'started_at',
  star: 'is_starred',
  note: 'note COLLATE NOCASE',
};

/**
 * Rows without the value last whatever the direction, ties by number. Where not all rows are wanted they are sorted
 * after they are found (that is the plus): SQLite would walk an index and look each row up, which is three times slower.
 */
export function orderSql(column: SortColumn, isAscending: boolean, isWhole: boolean): string {
  return `${isWhole ? '' : '+'}${ORDERS[column]} ${isAscending ? 'ASC' : 'DESC'} NULLS LAST, trial, number`;
}

/** All terms of a filter; `1` where there are none. */
export function filterSql(terms: readonly FilterTerm[]): SqlTest {
  return joined(terms.map(termSql), ' AND ', '1');
}

function termSql({ isNegated, condition }: FilterTerm): SqlTest {
  const { sql, parameters } = conditionSql(condition);
  // A row without the value does not fit the condition, so it passes where that is negated.
  return isNegated ? { sql: `NOT coalesce(${sql}, 0)`, parameters } : { sql, parameters };
}

function conditionSql(condition: FilterCondition): SqlTest {
  switch (condition.kind) {
    case 'number':
      return anyOf(condition.ranges, ({ low, isLowIn, high, isHighIn }) =>
        between(ORDERS[condition.field], low, isLowIn ? '>=' : '>', high, isHighIn ? '<=' : '<'),
      );
    case 'date':
      return anyOf(condition.ranges, ({ low, high }) => between(ORDERS[condition.field], low, '>=', high, '<'));
    case 'state':
      return anyOf(condition.states, (state) => ({ sql: 'state = ?', parameters: [STATE_ORDER.indexOf(state)] }));
    case 'operation':
      return { sql: 'operations & ? <> 0', parameters: [bitsOf(condition.operations)] };
    case 'text':
      return anyOf(condition.texts, (text) =>
        condition.field === 'any'
          ? joined(
              [contains('note', text), contains('origin', text), anyTag(text, true), beginsHash(text)],
              ' OR ',
              '0',
            )
          : textSql(condition.field, text),
      );
    case 'star':
      return { sql: 'is_starred', parameters: [] };
  }
}

function textSql(field: 'origin' | 'hash' | 'note' | 'tag', text: string): SqlTest {
  if (field === 'hash') return beginsHash(text);
  return field === 'tag' ? anyTag(text, false) : contains(field, text);
}

function contains(column: 'note' | 'origin', text: string): SqlTest {
  return { sql: `coalesce(${column} LIKE ? ESCAPE '\\', 0)`, parameters: [`%${escapeLike(text)}%`] };
}

function beginsHash(text: string): SqlTest {
  return { sql: `hash LIKE ? ESCAPE '\\'`, parameters: [`${escapeLike(text)}%`] };
}

function anyTag(text: string, isPart: boolean): SqlTest {
  const pattern = isPart ? `%${escapeLike(text)}%` : escapeLike(text);
  const tags = `EXISTS (SELECT 1 FROM json_each(tags) AS tag WHERE tag.value LIKE ? ESCAPE '\\')`;
  return { sql: `(tags IS NOT NULL AND ${tags})`, parameters: [pattern] };
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function between<T extends string | number>(
  column: string,
  low: T | null,
  lowSign: '>' | '>=',
  high: T | null,
  highSign: '<' | '<=',
): SqlTest {
  const tests: SqlTest[] = [];
  if (low !== null) tests.push({ sql: `${column} ${lowSign} ?`, parameters: [low] });
  if (high !== null) tests.push({ sql: `${column} ${highSign} ?`, parameters: [high] });
  return joined(tests, ' AND ', `${column} IS NOT NULL`);
}

function anyOf<T>(alternatives: readonly T[], toSql: (alternative: T) => SqlTest): SqlTest {
  return joined(alternatives.map(toSql), ' OR ', '0');
}

function joined(tests: readonly SqlTest[], word: ' AND ' | ' OR ', none: string): SqlTest {
  if (tests.length === 0) return { sql: none, parameters: [] };
  const [only] = tests;
  if (tests.length === 1 && only) return only;
  if (tests.length > GROUP) return joined(inGroups(tests, word, none), word, none);
  const sql = `(${tests.map((test) => test.sql).join(word)})`;
  return { sql, parameters: tests.flatMap(({ parameters }) => parameters) };
}

/** SQLite reads a chain as a tree as deep as it is long and refuses 1,000 levels: groups keep it flat. Ours. */
const GROUP = 32;

function inGroups(tests: readonly SqlTest[], word: ' AND ' | ' OR ', none: string): SqlTest[] {
  return Array.from({ length: Math.ceil(tests.length / GROUP) }, (_, group) =>
    joined(tests.slice(group * GROUP, (group + 1) * GROUP), word, none),
  );
}
