-- Incidents with patient data. A revision is never changed, and kept.
CREATE TABLE incidents (
  practice TEXT    NOT NULL,
  id       TEXT    NOT NULL,
  number   INTEGER NOT NULL CHECK (number > 0),
  key      INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  sealed   BLOB    NOT NULL,
  PRIMARY KEY (practice, id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER incidents_final BEFORE UPDATE ON incidents
BEGIN
  SELECT RAISE(ABORT, 'tacet: incidents are final');
END;

CREATE TRIGGER incidents_kept BEFORE DELETE ON incidents
BEGIN
  SELECT RAISE(ABORT, 'tacet: incidents are final');
END;
