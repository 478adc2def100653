// Opens the database of a file and dies in the middle of its last migration: all is written, nothing committed.
import SQLite from 'better-sqlite3';
import { moveToRuns } from '../../../src/main/store/migrations/003-runs.ts';
import { MIGRATIONS, migrate } from '../../../src/main/store/migrations.ts';

const database = new SQLite(process.argv[2]!);
// So small that most pages are written out before the end.
database.pragma('cache_size = 10');
migrate(database, [
  ...MIGRATIONS.slice(0, 2),
  (moving) => {
    moveToRuns(moving);
    process.kill(process.pid, 'SIGKILL');
  },
]);
