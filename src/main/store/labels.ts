import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import { type CellLabels, cellLabelsSchema } from '../../shared/records/leaderboard.ts';
import type { Commits } from './commits.ts';
import type { LeaderboardRows } from './leaderboard-rows.ts';
import { flagColumn, jsonColumn, parseRow } from './parse-row.ts';

interface LabelsRow {
  isStarred: number;
  note: string;
  tags: string;
}

const { note, tags } = cellLabelsSchema.shape;
const labelsRowSchema = z.strictObject({ isStarred: flagColumn, note, tags: jsonColumn(tags) });

/** What people wrote to the cells of an experiment: a cell without a row has no labels. */
export class Labels {
  private readonly commits: Commits;
  private readonly rows: LeaderboardRows;
  private readonly one: Statement<[number, string], LabelsRow>;
  private readonly tagsOf: Statement<[number], string>;
  private readonly put: Statement<[{ experiment: number; hash: string } & LabelsRow]>;

  constructor(database: Database, commits: Commits, rows: LeaderboardRows) {
    this.commits = commits;
    this.rows = rows;
    this.one = database.prepare(
      'SELECT is_starred AS isStarred, note, tags FROM cell_labels WHERE experiment = ? AND hash = ?',
    );
    this.tagsOf = database
      .prepare<[number], string>(
        `SELECT DISTINCT tag.value FROM cell_labels, json_each(cell_labels.tags) AS tag
         WHERE experiment = ? ORDER BY tag.value COLLATE NOCASE`,
      )
      .pluck();
    this.put = database.prepare(
      `INSERT OR REPLACE INTO cell_labels (experiment, hash, is_starred, note, tags)
       VALUES (@experiment, @hash, @isStarred, @note, @tags)`,
    );
  }

  get(experiment: number, hash: string): CellLabels {
    const row = this.one.get(experiment, hash);
    if (!row) return { isStarred: false, note: '', tags: [] };
    return parseRow(labelsRowSchema, row, 'cell_labels', `experiment ${experiment}, cell ${hash}`);
  }

  /** Of all cells of an experiment, each once. */
  tags(experiment: number): string[] {
    return this.tagsOf.all(experiment);
  }

  set(experiment: number, hash: string, labels: CellLabels): void {
    const { isStarred, note, tags } = labels;
    this.commits.run(() => {
      this.put.run({ experiment, hash, isStarred: isStarred ? 1 : 0, note, tags: JSON.stringify(tags) });
      this.rows.labelsChanged(experiment, hash);
      this.commits.note(`labels ${experiment} ${hash}`, () => ({
        name: 'cell.labelled',
        payload: { experiment, hash, labels: this.get(experiment, hash) },
      }));
    });
  }
}
