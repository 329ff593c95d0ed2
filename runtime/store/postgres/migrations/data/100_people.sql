-- Who works at a practice, and who is signed in. The same as SQLite's, see there.
CREATE TABLE people (
  practice text   NOT NULL,
  id       text   NOT NULL,
  email    text   NOT NULL,
  issuer   text   NOT NULL,
  subject  text   NOT NULL,
  name     text   NOT NULL,
  version  bigint NOT NULL CHECK (version > 0),
  account  text   NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, email)
);
CREATE UNIQUE INDEX people_subject ON people (practice, issuer, subject) WHERE subject <> '';

CREATE TABLE people_sessions (
  practice text   NOT NULL,
  digest   bytea  NOT NULL,
  person   text   NOT NULL,
  ends     bigint NOT NULL,
  session  text   NOT NULL,
  PRIMARY KEY (practice, digest)
);
CREATE INDEX people_sessions_person ON people_sessions (practice, person);
CREATE INDEX people_sessions_ends ON people_sessions (practice, ends);

ALTER TABLE people ENABLE ROW LEVEL SECURITY;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON people USING (practice = current_setting('tacet.practice', true));
ALTER TABLE people_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE people_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON people_sessions USING (practice = current_setting('tacet.practice', true));
