-- What is in service. A row is never changed: the newest of a flow counts, and one without a machine takes it out of service.
CREATE TABLE releases (
  practice TEXT    NOT NULL,
  number   INTEGER NOT NULL CHECK (number > 0),
  flow     TEXT    NOT NULL,
  machine  TEXT    NOT NULL,
  artifact BLOB    NOT NULL,
  approval BLOB    NOT NULL,
  at       INTEGER NOT NULL,
  by_whom  TEXT    NOT NULL,
  PRIMARY KEY (practice, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX releases_flow ON releases (practice, flow, number);
CREATE INDEX releases_machine ON releases (practice, machine, number);

CREATE TRIGGER releases_final BEFORE UPDATE ON releases
BEGIN
  SELECT RAISE(ABORT, 'tacet: releases are final');
END;

CREATE TRIGGER releases_kept BEFORE DELETE ON releases
BEGIN
  SELECT RAISE(ABORT, 'tacet: releases are final');
END;
