-- Master tables that all institutions share: every edition ever taken in, none changed afterwards. They hold published
-- codes and names and nothing of any institution, so the table has no tenant; the login role may read and append only.
-- `position` counts over all kinds, `number` within one.
CREATE TABLE master_edition (
  position    bigint PRIMARY KEY CHECK (position > 0),
  kind        text COLLATE "C" NOT NULL,
  number      integer NOT NULL CHECK (number > 0),
  imported_at bigint NOT NULL,
  imported_by text NOT NULL,
  report      text NOT NULL,
  size        bigint NOT NULL,
  sha256      bytea NOT NULL,
  signature   bytea NOT NULL,
  content     bytea NOT NULL,
  UNIQUE (kind, number)
);
-- Compressed already.
ALTER TABLE master_edition ALTER COLUMN content SET STORAGE EXTERNAL;
