-- Outgoing jobs. `state`: 0 ready, 1 running, 2 done, 3 dead, 4 discarded. Instants are microseconds since 1970.
-- `run_at` is when something is to be done next: not before it when ready, end of the lease when running. `lease` names
-- one claim. `lane` is NULL for jobs without order. A job is unfinished while it is ready, running or dead.
CREATE TABLE job (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  lane TEXT,
  payload TEXT NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  lease TEXT,
  last_error TEXT,
  result TEXT,
  created INTEGER NOT NULL,
  finished INTEGER
) STRICT;
CREATE UNIQUE INDEX job_unfinished ON job (kind, key) WHERE state IN (0, 1, 3);
CREATE INDEX job_due ON job (run_at, id) WHERE state IN (0, 1);
CREATE INDEX job_lane ON job (lane, id) WHERE lane IS NOT NULL AND state IN (0, 1, 3);
CREATE INDEX job_finished ON job (finished) WHERE state IN (2, 4);
