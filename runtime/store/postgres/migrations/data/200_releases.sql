-- What is in service. The same as SQLite's, see there.
CREATE TABLE releases (
  practice text   NOT NULL,
  number   bigint NOT NULL CHECK (number > 0),
  flow     text   NOT NULL,
  machine  text   NOT NULL,
  artifact bytea  NOT NULL,
  approval bytea  NOT NULL,
  at       bigint NOT NULL,
  by_whom  text   NOT NULL,
  PRIMARY KEY (practice, number)
);
CREATE INDEX releases_flow ON releases (practice, flow, number);
CREATE INDEX releases_machine ON releases (practice, machine, number);

CREATE TRIGGER releases_final BEFORE UPDATE ON releases FOR EACH ROW EXECUTE FUNCTION never();
CREATE TRIGGER releases_kept BEFORE DELETE ON releases FOR EACH ROW EXECUTE FUNCTION never();

ALTER TABLE releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE releases FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON releases USING (practice = current_setting('tacet.practice', true));
