-- Outgoing jobs. `state`: 0 ready, 1 running, 2 done, 3 dead, 4 discarded. Instants are microseconds since 1970.
-- `run_at` is when something is to be done next: not before it when ready, end of the lease when running. `lease` names
-- one claim. `lane` is NULL for jobs without order. A job is unfinished while it is ready, running or dead.
CREATE TABLE job (
  tenant integer NOT NULL,
  id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  lane text COLLATE "C",
  payload text NOT NULL,
  state smallint NOT NULL,
  attempts integer NOT NULL,
  max_attempts integer NOT NULL,
  run_at bigint NOT NULL,
  lease text,
  last_error text,
  result text,
  created bigint NOT NULL,
  finished bigint,
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX job_unfinished ON job (tenant, kind, key) WHERE state IN (0, 1, 3);
CREATE INDEX job_due ON job (tenant, run_at, id) WHERE state IN (0, 1);
CREATE INDEX job_lane ON job (tenant, lane, id) WHERE lane IS NOT NULL AND state IN (0, 1, 3);
CREATE INDEX job_finished ON job (tenant, finished) WHERE state IN (2, 4);

-- Which tenants have something to do. Workers look for work before they know whose it is, so this small table is
-- shared by all of them: it holds the numbers of tenants and the earliest time at which one of a tenant's jobs may be
-- due, and nothing else.
CREATE TABLE job_due_tenant (
  id integer PRIMARY KEY,
  due bigint NOT NULL
);
CREATE INDEX job_due_tenant_due ON job_due_tenant (due);
