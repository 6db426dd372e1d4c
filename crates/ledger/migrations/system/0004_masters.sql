-- Master tables that all institutions share: every edition ever taken in, none changed afterwards. `position` counts
-- over all kinds, `number` within one. `content` stands last, so that lists do not read it.
CREATE TABLE master_edition (
  position    INTEGER PRIMARY KEY CHECK (position > 0),
  kind        TEXT NOT NULL,
  number      INTEGER NOT NULL CHECK (number > 0),
  imported_at INTEGER NOT NULL,
  imported_by TEXT NOT NULL,
  report      TEXT NOT NULL,
  size        INTEGER NOT NULL,
  sha256      BLOB NOT NULL,
  signature   BLOB NOT NULL,
  content     BLOB NOT NULL,
  UNIQUE (kind, number)
) STRICT;
