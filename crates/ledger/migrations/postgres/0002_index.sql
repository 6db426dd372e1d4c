-- The search index. Rows belong to the version whose chain position they carry; a row counts only while that
-- position is the current one in `head`, so rows of older versions are harmless.
-- Most tables are read two ways: from a value to positions (`..._value`) and from a position to its values (`..._seq`:
-- filters on few candidates, sorting, `:missing`).
--
-- The two ways never share an index, because without statistics (a table just filled) the planner holds every index that
-- knows the leading columns for equally good and walks all dates of a parameter to find those of one position. So the
-- indexes by value know the parameter as an `oid`, the look-ups by position as an integer. The cast converts nothing and
-- is therefore invisible to row-level security; a function (`param + 0`) would not be, and the parameter could then only
-- be a filter on the rows of the whole tenant.
--
-- No index is unique: the program writes no row twice, and an entry that stands for several rows of one value or
-- position then holds them as a list of six bytes each.

CREATE TABLE ix_token (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  system bigint NOT NULL,
  code text COLLATE "C" NOT NULL
);
CREATE INDEX ix_token_value ON ix_token (tenant, (param::oid), code, seq);
CREATE INDEX ix_token_seq ON ix_token (tenant, seq);

-- The codes of a patient's resources: patient and code are one range. `param` is that of the code.
CREATE TABLE ix_patient_code (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  system bigint NOT NULL,
  patient text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL
);
CREATE INDEX ix_patient_code_value ON ix_patient_code (tenant, param, patient, code, seq);

-- `key` is the folded text (shortened when long, marked when one resource has it twice), `whole` the full folded text
-- where it differs from `key`, `exact` the text as written where it differs from the full folded text.
CREATE TABLE ix_text (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  whole text COLLATE "C",
  exact text COLLATE "C"
);
CREATE INDEX ix_text_value ON ix_text (tenant, (param::oid), key);
CREATE INDEX ix_text_seq ON ix_text (tenant, seq);

-- Every tail of the texts that `:contains` must find fast (names of people and institutions), at most 16 characters
-- each. Only proposes; `ix_text` decides.
CREATE TABLE ix_part (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  part text COLLATE "C" NOT NULL
);
CREATE INDEX ix_part_value ON ix_part (tenant, param, part, seq);

CREATE TABLE ix_reference (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  type integer NOT NULL,
  id text COLLATE "C" NOT NULL
);
CREATE INDEX ix_reference_value ON ix_reference (tenant, (param::oid), id, seq);
CREATE INDEX ix_reference_seq ON ix_reference (tenant, seq);

CREATE TABLE ix_uri (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  uri text COLLATE "C" NOT NULL,
  whole text COLLATE "C"
);
CREATE INDEX ix_uri_value ON ix_uri (tenant, (param::oid), uri, seq);
CREATE INDEX ix_uri_seq ON ix_uri (tenant, seq);

CREATE TABLE ix_date (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  lo bigint NOT NULL,
  hi bigint NOT NULL
);
CREATE INDEX ix_date_lo ON ix_date (tenant, (param::oid), lo);
CREATE INDEX ix_date_hi ON ix_date (tenant, (param::oid), hi DESC);
CREATE INDEX ix_date_seq ON ix_date (tenant, seq);

-- Numbers and quantities.
CREATE TABLE ix_quantity (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  value double precision NOT NULL,
  lo double precision NOT NULL,
  hi double precision NOT NULL,
  system bigint NOT NULL,
  n integer NOT NULL,
  code text COLLATE "C",
  unit text COLLATE "C"
);
CREATE INDEX ix_quantity_value ON ix_quantity (tenant, (param::oid), value);
CREATE INDEX ix_quantity_wide ON ix_quantity (tenant, (param::oid)) WHERE lo <> hi;
CREATE INDEX ix_quantity_seq ON ix_quantity (tenant, seq);

-- `code` and `system` hold the first component, the slots b and c the others; see src/index/composite.rs.
CREATE TABLE ix_composite (
  tenant integer NOT NULL,
  param integer NOT NULL,
  seq bigint NOT NULL,
  system bigint NOT NULL,
  n integer NOT NULL,
  code text COLLATE "C" NOT NULL,
  b_text text COLLATE "C",
  b_system bigint,
  b_unit text COLLATE "C",
  b_lo bigint,
  b_hi bigint,
  c_text text COLLATE "C",
  c_system bigint,
  c_unit text COLLATE "C",
  c_lo bigint,
  c_hi bigint
);
CREATE INDEX ix_composite_value ON ix_composite (tenant, (param::oid), code);
CREATE INDEX ix_composite_seq ON ix_composite (tenant, seq);
