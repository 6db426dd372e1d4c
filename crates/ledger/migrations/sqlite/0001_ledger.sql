-- One tenant's chain of versions and audit events. Instants are microseconds since 1970.

-- How far the chain reached: one row, signed.
CREATE TABLE chain (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  seq       INTEGER NOT NULL,
  link      BLOB NOT NULL,
  last_at   INTEGER NOT NULL,
  signature BLOB NOT NULL
) STRICT;

-- Entries of kind 1: versions of resources. op: 0 created, 1 updated, 2 deleted (empty body).
CREATE TABLE version (
  seq     INTEGER PRIMARY KEY,
  type    TEXT NOT NULL,
  id      TEXT NOT NULL,
  version INTEGER NOT NULL,
  op      INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  body    TEXT NOT NULL,
  link    BLOB NOT NULL,
  UNIQUE (type, id, version)
) STRICT;
-- Histories of a type; the position is the row's own key.
CREATE INDEX version_type ON version (type);

-- The current version of each resource. Derived from `version`; `verify` compares them.
CREATE TABLE head (
  type    TEXT NOT NULL,
  id      TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  version INTEGER NOT NULL,
  op      INTEGER NOT NULL,
  PRIMARY KEY (type, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX head_live ON head (type, seq) WHERE op <> 2;

-- Entries of kind 2: audit events.
CREATE TABLE audit (
  seq  INTEGER PRIMARY KEY,
  at   INTEGER NOT NULL,
  body TEXT NOT NULL,
  link BLOB NOT NULL
) STRICT;

-- Who touched what: entity is `Type/id`.
CREATE TABLE audit_entity (
  entity TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  PRIMARY KEY (entity, seq)
) STRICT, WITHOUT ROWID;

-- Signed statements of how far the chain reached, also exported to files.
CREATE TABLE checkpoint (
  seq       INTEGER PRIMARY KEY,
  link      BLOB NOT NULL,
  at        INTEGER NOT NULL,
  signature BLOB NOT NULL
) STRICT;

-- Unversioned documents of other rooms (sessions, tokens, settings).
CREATE TABLE doc (
  space   TEXT NOT NULL,
  key     TEXT NOT NULL,
  value   TEXT NOT NULL,
  expires INTEGER,
  PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX doc_expires ON doc (expires) WHERE expires IS NOT NULL;

-- Attachments: content by hash, its bytes under the number of the upload that brought them.
CREATE TABLE blob (
  hash    BLOB PRIMARY KEY,
  upload  INTEGER NOT NULL UNIQUE,
  size    INTEGER NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_upload (
  upload  INTEGER PRIMARY KEY,
  created INTEGER NOT NULL
) STRICT;
CREATE TABLE blob_chunk (
  upload INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  data   BLOB NOT NULL,
  UNIQUE (upload, n)
) STRICT;
