-- Who works at a practice, and who is signed in. account and session are JSON; the columns beside them are what they are
-- found by. Passwords and tokens stand there as hashes, secrets of one-time codes sealed.
CREATE TABLE people (
  practice TEXT    NOT NULL,
  id       TEXT    NOT NULL,
  email    TEXT    NOT NULL,
  issuer   TEXT    NOT NULL,
  subject  TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  version  INTEGER NOT NULL CHECK (version > 0),
  account  TEXT    NOT NULL,
  PRIMARY KEY (practice, id),
  UNIQUE (practice, email)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX people_subject ON people (practice, issuer, subject) WHERE subject <> '';

CREATE TABLE people_sessions (
  practice TEXT    NOT NULL,
  digest   BLOB    NOT NULL,
  person   TEXT    NOT NULL,
  ends     INTEGER NOT NULL,
  session  TEXT    NOT NULL,
  PRIMARY KEY (practice, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX people_sessions_person ON people_sessions (practice, person);
CREATE INDEX people_sessions_ends ON people_sessions (practice, ends);
