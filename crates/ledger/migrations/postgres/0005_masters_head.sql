-- How far the editions of master tables reach: one signed record with each. Like the editions it has no tenant; the login
-- role may read and append only.
CREATE TABLE master_head (
  position  bigint PRIMARY KEY CHECK (position > 0),
  link      bytea NOT NULL,
  at        bigint NOT NULL,
  signature bytea NOT NULL
);
