-- The list of tenants (SQLite keeps it in a file of its own; each tenant's data are in the tenant's file).
CREATE TABLE tenant (
  id               INTEGER PRIMARY KEY CHECK (id > 0),
  name             TEXT NOT NULL UNIQUE,
  display_name     TEXT NOT NULL,
  institution_code TEXT NOT NULL,
  state            INTEGER NOT NULL,
  created          INTEGER NOT NULL
) STRICT;
