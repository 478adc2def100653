/**
 * Files that a project keeps by their contents, `artifacts/<first two digits>/<hash>`. A row is written after its file
 * is on the disk, and deleted before it. Who needs a file refers to its row, which can't be deleted then. Kinds are
 * checked where rows are read: a check here could not learn a new one.
 */
export const ARTIFACTS = `
CREATE TABLE artifacts (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
  kind TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
