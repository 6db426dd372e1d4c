-- How far the editions of master tables reach: one signed record with each, none changed afterwards.
CREATE TABLE master_head (
  position  INTEGER PRIMARY KEY CHECK (position > 0),
  link      BLOB NOT NULL,
  at        INTEGER NOT NULL,
  signature BLOB NOT NULL
) STRICT;
