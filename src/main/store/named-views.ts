import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import { type NamedView, namedViewSchema } from '../../shared/records/leaderboard.ts';
import type { Commits } from './commits.ts';
import { jsonColumn, parseRow } from './parse-row.ts';

const viewRowSchema = z.strictObject({ name: z.string(), view: jsonColumn(namedViewSchema) });

/** Named filters, orders and columns, by name. */
export class NamedViews {
  private readonly commits: Commits;
  private readonly all: Statement<[], { name: string; view: string }>;
  private readonly put: Statement<[string, string]>;
  private readonly drop: Statement<[string]>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.all = database.prepare('SELECT name, view FROM named_views ORDER BY name');
    this.put = database.prepare('INSERT OR REPLACE INTO named_views (name, view) VALUES (?, ?)');
    this.drop = database.prepare('DELETE FROM named_views WHERE name = ?');
  }

  list(): NamedView[] {
    return this.all.all().map((row) => parseRow(viewRowSchema, row, 'named_views', `the view "${row.name}"`).view);
  }

  save(view: NamedView): void {
    this.commits.run(() => {
      this.put.run(view.name, JSON.stringify(view));
      this.note();
    });
  }

  /** False where there is none of that name. */
  remove(name: string): boolean {
    return this.commits.run(() => {
      if (this.drop.run(name).changes === 0) return false;
      this.note();
      return true;
    });
  }

  private note(): void {
    this.commits.note('views', () => ({ name: 'views.changed', payload: this.list() }));
  }
}
