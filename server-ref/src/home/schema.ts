/** Marks the file as a Berth server's, so that another program's database is never taken for one ("BRTH"). */
export const applicationId = 0x42525448;

/**
 * The steps from an empty database to the present schema; `user_version` counts those that were made. A step is never changed once released.
 * Names of packages compare without ASCII case, which is what NOCASE does and what SYNC-001 asks for.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE server (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    server_id TEXT NOT NULL
  ) STRICT;

  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  CREATE TABLE agents (
    name TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    pin BLOB,
    plaintext_beyond_loopback INTEGER NOT NULL CHECK (plaintext_beyond_loopback IN (0, 1)),
    source TEXT
  ) STRICT;

  CREATE TABLE packages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('extension', 'host')),
    name TEXT NOT NULL COLLATE NOCASE,
    version TEXT NOT NULL,
    entry TEXT,
    loaded INTEGER NOT NULL CHECK (loaded IN (0, 1)),
    pack TEXT NOT NULL,
    pack_bytes INTEGER NOT NULL,
    added_at_ms INTEGER NOT NULL,
    UNIQUE (kind, name, version)
  ) STRICT;
  CREATE UNIQUE INDEX one_loaded_version ON packages (kind, name) WHERE loaded = 1;
  CREATE UNIQUE INDEX one_loaded_host ON packages (kind) WHERE loaded = 1 AND kind = 'host';

  CREATE TABLE files (
    package_id INTEGER NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    size INTEGER NOT NULL,
    executable INTEGER NOT NULL CHECK (executable IN (0, 1)),
    modified_ms INTEGER NOT NULL,
    PRIMARY KEY (package_id, path)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE frames (
    package_id INTEGER NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    length INTEGER NOT NULL,
    codec TEXT NOT NULL CHECK (codec IN ('identity', 'zstd')),
    raw_size INTEGER NOT NULL,
    stored_digest BLOB NOT NULL,
    segments BLOB NOT NULL,
    PRIMARY KEY (package_id, number)
  ) STRICT;

  CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('sync', 'run')),
    agent TEXT NOT NULL,
    manifest_digest BLOB NOT NULL,
    sent_bytes INTEGER NOT NULL,
    outcome TEXT NOT NULL
  ) STRICT;
  `,
];
