-- Incidents with patient data. The same as SQLite's, see there.
CREATE TABLE incidents (
  practice text   NOT NULL,
  id       text   NOT NULL,
  number   bigint NOT NULL CHECK (number > 0),
  key      bigint NOT NULL,
  at       bigint NOT NULL,
  sealed   bytea  NOT NULL,
  PRIMARY KEY (practice, id, number)
);

CREATE TRIGGER incidents_final BEFORE UPDATE ON incidents FOR EACH ROW EXECUTE FUNCTION never();
CREATE TRIGGER incidents_kept BEFORE DELETE ON incidents FOR EACH ROW EXECUTE FUNCTION never();

ALTER TABLE incidents ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON incidents USING (practice = current_setting('tacet.practice', true));
