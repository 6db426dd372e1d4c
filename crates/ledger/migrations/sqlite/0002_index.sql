-- The search index. Rows belong to the version whose chain position they carry; a row counts only while that
-- position is the current one in `head`, so rows of older versions are harmless.
-- Every table is read two ways: from a value to positions (the primary key, in chain order for one value) and from
-- a position to its values (`…_seq`: filters on few candidates, sorting, `:missing`).

CREATE TABLE ix_token (
  param INTEGER NOT NULL,
  code TEXT NOT NULL,
  seq INTEGER NOT NULL,
  system INTEGER NOT NULL,
  PRIMARY KEY (param, code, seq, system)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_token_seq ON ix_token (param, seq);

-- The codes of a patient's resources: patient and code are one range. `param` is that of the code.
CREATE TABLE ix_patient_code (
  param INTEGER NOT NULL,
  patient TEXT NOT NULL,
  code TEXT NOT NULL,
  seq INTEGER NOT NULL,
  system INTEGER NOT NULL,
  PRIMARY KEY (param, patient, code, seq, system)
) STRICT, WITHOUT ROWID;

-- `key` is the folded text (shortened when long, marked when one resource has it twice), `whole` the full folded text
-- where it differs from `key`, `exact` the text as written where it differs from the full folded text.
CREATE TABLE ix_text (
  param INTEGER NOT NULL,
  key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  whole TEXT,
  exact TEXT,
  PRIMARY KEY (param, key, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_text_seq ON ix_text (param, seq);

-- Every tail of the texts that `:contains` must find fast (names of people and institutions), at most 16 characters
-- each. Only proposes; `ix_text` decides.
CREATE TABLE ix_part (
  param INTEGER NOT NULL,
  part TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (param, part, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ix_reference (
  param INTEGER NOT NULL,
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  type INTEGER NOT NULL,
  PRIMARY KEY (param, id, seq, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_reference_seq ON ix_reference (param, seq);

CREATE TABLE ix_uri (
  param INTEGER NOT NULL,
  uri TEXT NOT NULL,
  seq INTEGER NOT NULL,
  whole TEXT,
  PRIMARY KEY (param, uri, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_uri_seq ON ix_uri (param, seq);

CREATE TABLE ix_date (
  param INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  lo INTEGER NOT NULL,
  hi INTEGER NOT NULL,
  PRIMARY KEY (param, seq, lo, hi)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_date_lo ON ix_date (param, lo, seq);
CREATE INDEX ix_date_hi ON ix_date (param, hi DESC, seq);

-- Numbers and quantities.
CREATE TABLE ix_quantity (
  param INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  value REAL NOT NULL,
  lo REAL NOT NULL,
  hi REAL NOT NULL,
  system INTEGER NOT NULL,
  code TEXT,
  unit TEXT,
  PRIMARY KEY (param, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_quantity_value ON ix_quantity (param, value, seq);
CREATE INDEX ix_quantity_wide ON ix_quantity (param, seq) WHERE lo <> hi;

-- `code` and `system` hold the first component, the slots b and c the others; see src/index/composite.rs.
CREATE TABLE ix_composite (
  param INTEGER NOT NULL,
  code TEXT NOT NULL,
  seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  system INTEGER NOT NULL,
  b_text TEXT,
  b_system INTEGER,
  b_unit TEXT,
  b_lo INTEGER,
  b_hi INTEGER,
  c_text TEXT,
  c_system INTEGER,
  c_unit TEXT,
  c_lo INTEGER,
  c_hi INTEGER,
  PRIMARY KEY (param, code, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_composite_seq ON ix_composite (param, seq);
