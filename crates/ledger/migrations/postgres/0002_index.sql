-- The search index. Rows belong to the version whose chain position they carry; a row counts only while that
-- position is the current one in `head`, so rows of older versions are harmless.
-- Every table is read two ways: from a value to positions (the primary key, in chain order for one value) and from
-- a position to its values (`…_seq`: filters on few candidates, sorting, `:missing`).

CREATE TABLE ix_token (
  tenant integer NOT NULL,
  param integer NOT NULL,
  code text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  system bigint NOT NULL,
  PRIMARY KEY (tenant, param, code, seq, system)
);
CREATE INDEX ix_token_seq ON ix_token (tenant, param, seq);

-- `key` is the folded text (shortened when long, marked when one resource has it twice), `whole` the full folded text
-- where it differs from `key`, `exact` the text as written where it differs from the full folded text.
CREATE TABLE ix_text (
  tenant integer NOT NULL,
  param integer NOT NULL,
  key text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  whole text COLLATE "C",
  exact text COLLATE "C",
  PRIMARY KEY (tenant, param, key, seq)
);
CREATE INDEX ix_text_seq ON ix_text (tenant, param, seq);

-- Every tail of the texts that `:contains` must find fast (names of people and institutions), at most 16 characters
-- each. Only proposes; `ix_text` decides.
CREATE TABLE ix_part (
  tenant integer NOT NULL,
  param integer NOT NULL,
  part text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (tenant, param, part, seq)
);

CREATE TABLE ix_reference (
  tenant integer NOT NULL,
  param integer NOT NULL,
  id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  type integer NOT NULL,
  PRIMARY KEY (tenant, param, id, seq, type)
);
CREATE INDEX ix_reference_seq ON ix_reference (tenant, param, seq);

CREATE TABLE ix_uri (
  tenant integer NOT NULL,
  param integer NOT NULL,
  uri text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  whole text COLLATE "C",
  PRIMARY KEY (tenant, param, uri, seq)
);
CREATE INDEX ix_uri_seq ON ix_uri (tenant, param, seq);

CREATE TABLE ix_date (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  lo bigint NOT NULL,
  hi bigint NOT NULL,
  PRIMARY KEY (tenant, param, seq, lo, hi)
);
-- `param + 0` keeps look-ups by position away from these two, so that they go by the primary key: without statistics
-- (a table just filled) the planner holds every index that knows the parameter for equally good.
CREATE INDEX ix_date_lo ON ix_date (tenant, (param + 0), lo, (seq + 0));
CREATE INDEX ix_date_hi ON ix_date (tenant, (param + 0), hi DESC, (seq + 0));

-- Numbers and quantities.
CREATE TABLE ix_quantity (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  n integer NOT NULL,
  value double precision NOT NULL,
  lo double precision NOT NULL,
  hi double precision NOT NULL,
  system bigint NOT NULL,
  code text COLLATE "C",
  unit text COLLATE "C",
  PRIMARY KEY (tenant, param, seq, n)
);
-- As with dates.
CREATE INDEX ix_quantity_value ON ix_quantity (tenant, (param + 0), value, (seq + 0));
CREATE INDEX ix_quantity_wide ON ix_quantity (tenant, (param + 0), seq) WHERE lo <> hi;

-- `code` and `system` hold the first component, the slots b and c the others; see src/index/composite.rs.
CREATE TABLE ix_composite (
  tenant integer NOT NULL,
  param integer NOT NULL,
  code text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  n integer NOT NULL,
  system bigint NOT NULL,
  b_text text COLLATE "C",
  b_system bigint,
  b_unit text COLLATE "C",
  b_lo bigint,
  b_hi bigint,
  c_text text COLLATE "C",
  c_system bigint,
  c_unit text COLLATE "C",
  c_lo bigint,
  c_hi bigint,
  PRIMARY KEY (tenant, param, code, seq, n)
);
CREATE INDEX ix_composite_seq ON ix_composite (tenant, param, seq);
