-- Tenants, and per tenant its chain of versions and audit events. Instants are microseconds since 1970.
-- Texts compare by bytes (COLLATE "C"), as in SQLite. Row-level security and rights are applied by the program.

CREATE TABLE tenant (
  id               integer PRIMARY KEY CHECK (id > 0),
  name             text COLLATE "C" NOT NULL UNIQUE,
  display_name     text NOT NULL,
  institution_code text NOT NULL,
  state            smallint NOT NULL,
  created          bigint NOT NULL
);

-- How far the chain reached: one row per tenant, signed; its lock orders the tenant's writers.
CREATE TABLE chain (
  tenant    integer NOT NULL,
  one       smallint NOT NULL CHECK (one = 1),
  seq       bigint NOT NULL,
  link      bytea NOT NULL,
  last_at   bigint NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (tenant, one)
) WITH (fillfactor = 20);

-- Entries of kind 1: versions of resources. op: 0 created, 1 updated, 2 deleted (empty body).
CREATE TABLE version (
  tenant  integer NOT NULL,
  seq     bigint NOT NULL,
  type    text COLLATE "C" NOT NULL,
  id      text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  op      smallint NOT NULL,
  updated bigint NOT NULL,
  body    text COLLATE "C" NOT NULL,
  link    bytea NOT NULL,
  PRIMARY KEY (tenant, seq),
  UNIQUE (tenant, type, id, version)
);
-- Histories of a type.
CREATE INDEX version_type ON version (tenant, type, seq);

-- The current version of each resource. Derived from `version`; `verify` compares them.
CREATE TABLE head (
  tenant  integer NOT NULL,
  type    text COLLATE "C" NOT NULL,
  id      text COLLATE "C" NOT NULL,
  seq     bigint NOT NULL,
  version integer NOT NULL,
  op      smallint NOT NULL,
  PRIMARY KEY (tenant, type, id)
);
-- `bpchar` keeps look-ups by id away from it and those by position away from the primary key: a table just filled has no
-- statistics, and the planner then holds every index that knows the type for equally good. A cast that converts nothing
-- is invisible to row-level security; any function would not be, and could then not be looked up by.
CREATE INDEX head_live ON head (tenant, (type::bpchar), seq) WHERE op <> 2;

-- Entries of kind 2: audit events.
CREATE TABLE audit (
  tenant integer NOT NULL,
  seq    bigint NOT NULL,
  at     bigint NOT NULL,
  body   text COLLATE "C" NOT NULL,
  link   bytea NOT NULL,
  PRIMARY KEY (tenant, seq)
);

-- LZ4 costs a fraction of the default's CPU; servers built without it keep the default.
DO $$ BEGIN
  ALTER TABLE version ALTER COLUMN body SET COMPRESSION lz4;
  ALTER TABLE audit ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN NULL;
END $$;

-- Who touched what: entity is `Type/id` or `actor/id`, as text, so that what was made together lies together: a digest
-- is half the size and cost `$everything` half as much CPU again, one page for each of its entities.
CREATE TABLE audit_entity (
  tenant integer NOT NULL,
  entity text COLLATE "C" NOT NULL,
  seq    bigint NOT NULL,
  PRIMARY KEY (tenant, entity, seq)
);

-- Signed statements of how far the chain reached, also exported to files.
CREATE TABLE checkpoint (
  tenant    integer NOT NULL,
  seq       bigint NOT NULL,
  link      bytea NOT NULL,
  at        bigint NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (tenant, seq)
);

-- Unversioned documents of other rooms (sessions, tokens, settings).
CREATE TABLE doc (
  tenant  integer NOT NULL,
  space   text COLLATE "C" NOT NULL,
  key     text COLLATE "C" NOT NULL,
  value   text COLLATE "C" NOT NULL,
  expires bigint,
  PRIMARY KEY (tenant, space, key)
);
CREATE INDEX doc_expires ON doc (tenant, expires) WHERE expires IS NOT NULL;

-- Attachments: content by hash, its bytes under the number of the upload that brought them.
CREATE TABLE blob (
  tenant  integer NOT NULL,
  hash    bytea NOT NULL,
  upload  bigint NOT NULL,
  size    bigint NOT NULL,
  created bigint NOT NULL,
  PRIMARY KEY (tenant, hash),
  UNIQUE (tenant, upload)
);
CREATE TABLE blob_upload (
  tenant  integer NOT NULL,
  upload  bigint NOT NULL,
  created bigint NOT NULL,
  PRIMARY KEY (tenant, upload)
);
CREATE TABLE blob_chunk (
  tenant integer NOT NULL,
  upload bigint NOT NULL,
  n      integer NOT NULL,
  data   bytea NOT NULL,
  PRIMARY KEY (tenant, upload, n)
);
ALTER TABLE blob_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
