-- What ends what is kept. A conversation's row stays when its key is destroyed: erased says when that was begun.
ALTER TABLE conversations ADD COLUMN erased INTEGER;

CREATE INDEX conversations_kept ON conversations (practice, machine, started) WHERE erased IS NULL;

CREATE TABLE erasures (
  practice     TEXT    NOT NULL,
  conversation TEXT    NOT NULL,
  key          INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  by_whom      TEXT    NOT NULL,
  why          TEXT    NOT NULL,
  done         INTEGER,
  PRIMARY KEY (practice, conversation)
) STRICT, WITHOUT ROWID;

CREATE INDEX erasures_open ON erasures (practice, at) WHERE done IS NULL;

CREATE TABLE holds (
  practice        TEXT    NOT NULL,
  id              TEXT    NOT NULL,
  conversation    TEXT    NOT NULL,
  reason          TEXT    NOT NULL,
  by_whom         TEXT    NOT NULL,
  at              INTEGER NOT NULL,
  released        INTEGER,
  released_by     TEXT    NOT NULL DEFAULT '',
  released_reason TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (practice, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX holds_standing ON holds (practice, conversation) WHERE released IS NULL;

CREATE TRIGGER erasures_held BEFORE INSERT ON erasures
WHEN EXISTS (SELECT 1 FROM holds WHERE practice = NEW.practice AND conversation = NEW.conversation AND released IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'tacet: the conversation is held');
END;

CREATE TRIGGER holds_erased BEFORE INSERT ON holds
WHEN EXISTS (SELECT 1 FROM erasures WHERE practice = NEW.practice AND conversation = NEW.conversation)
BEGIN
  SELECT RAISE(ABORT, 'tacet: the conversation is erased');
END;

CREATE TRIGGER holds_kept BEFORE DELETE ON holds
BEGIN
  SELECT RAISE(ABORT, 'tacet: holds are released, not deleted');
END;

CREATE TRIGGER erasures_kept BEFORE DELETE ON erasures
BEGIN
  SELECT RAISE(ABORT, 'tacet: erasures are final');
END;
