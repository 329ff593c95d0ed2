-- Times are microseconds since the Unix epoch, UTC. (A CHECK with IN and more than two values would build a table of them for
-- every row; OR does not.) What a patient wrote, or what tells about them, stands in sealed
-- columns only.

-- Conversations end on the machine they started on, however many versions of a flow follow it. Machines are large and must
-- not stand in the index, where every conversation that starts would read through one.
CREATE TABLE machines (
  practice TEXT NOT NULL,
  hash     TEXT NOT NULL,
  machine  TEXT NOT NULL,
  PRIMARY KEY (practice, hash)
) STRICT;

-- What never changes about a conversation, and where it stands. Inside, numbers stand for conversations: they are short,
-- and what belongs to new conversations stands together. Outside they are known by unguessable ids.
CREATE TABLE conversations (
  number   INTEGER NOT NULL PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE,
  practice TEXT    NOT NULL,
  flow     TEXT    NOT NULL,
  machine  TEXT    NOT NULL,
  key      INTEGER NOT NULL,
  client   BLOB    NOT NULL,
  started  INTEGER NOT NULL,
  control  TEXT    NOT NULL CHECK (control = 'assistant' OR control = 'waiting' OR control = 'human' OR control = 'closed'),
  epoch    INTEGER NOT NULL,
  tier     TEXT    NOT NULL,
  team     TEXT    NOT NULL,
  outcome  TEXT    NOT NULL,
  flagged  INTEGER NOT NULL CHECK (flagged IN (0, 1)),
  since    INTEGER NOT NULL,
  due      INTEGER,
  UNIQUE (practice, client),
  FOREIGN KEY (practice, machine) REFERENCES machines (practice, hash)
) STRICT;

CREATE INDEX conversations_due ON conversations (practice, due) WHERE due IS NOT NULL;
CREATE INDEX conversations_queue ON conversations (practice, control, since) WHERE control IN ('waiting', 'human');

CREATE TRIGGER conversations_final BEFORE UPDATE OF number, id, practice, flow, machine, key, client, started ON conversations
BEGIN
  SELECT RAISE(ABORT, 'tacet: what a conversation is never changes');
END;

-- Who may speak moves only forward: each change has its own epoch, what is closed stays closed, and an emergency never
-- goes back to the assistant.
CREATE TRIGGER conversations_control BEFORE UPDATE OF control, epoch, tier ON conversations
WHEN NEW.epoch < OLD.epoch
  OR (NEW.control <> OLD.control AND NEW.epoch = OLD.epoch)
  OR (OLD.control = 'closed' AND NEW.control <> 'closed')
  OR (OLD.tier = 'emergency' AND NEW.tier <> 'emergency')
  OR (OLD.tier = 'emergency' AND OLD.control <> 'assistant' AND NEW.control = 'assistant')
BEGIN
  SELECT RAISE(ABORT, 'tacet: control moves forward only');
END;

-- One row a turn, only ever appended to. authors is a sum: 1 patient, 2 assistant, 4 staff.
CREATE TABLE turns (
  id           INTEGER NOT NULL PRIMARY KEY,
  conversation INTEGER NOT NULL,
  version      INTEGER NOT NULL CHECK (version > 0),
  at           INTEGER NOT NULL,
  client       BLOB,
  after_seq    INTEGER NOT NULL,
  last_seq     INTEGER NOT NULL CHECK (last_seq >= after_seq),
  authors      INTEGER NOT NULL CHECK (authors BETWEEN 0 AND 7 AND (authors > 0) = (last_seq > after_seq)),
  said         INTEGER CHECK ((said IS NULL) = (authors & 2 = 0)),
  ack          INTEGER NOT NULL CHECK (ack = 0 OR ack = 1 AND said IS NOT NULL AND control <> 'assistant' AND epoch > said),
  released     INTEGER NOT NULL CHECK (released IN (0, 1)),
  control      TEXT    NOT NULL CHECK (control = 'assistant' OR control = 'waiting' OR control = 'human' OR control = 'closed'),
  epoch        INTEGER NOT NULL CHECK (epoch >= 0),
  tier         TEXT    NOT NULL,
  sealed       BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX turns_version ON turns (conversation, version);
-- Which turn answered a request is found by going through a conversation's turns; this is for the few that are long.
CREATE INDEX turns_client ON turns (conversation, client) WHERE version > 256;

-- A turn must fit what was before it. WHEN holds the rule, so that a turn that fits costs one look at the turn before; what
-- exactly is wrong is found out afterwards. FAIL, because nothing was changed yet that ABORT would keep a journal to undo.
CREATE TRIGGER turns_first BEFORE INSERT ON turns
WHEN NEW.version = 1 AND NOT (NEW.after_seq = 0 AND coalesce(NEW.said, 0) = 0 AND NEW.released = 0 AND EXISTS (
  SELECT 1 FROM conversations WHERE number = NEW.conversation))
BEGIN
  SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM conversations WHERE number = NEW.conversation) THEN RAISE(FAIL, 'tacet: no such conversation')
    WHEN NEW.after_seq <> 0 THEN RAISE(FAIL, 'tacet: turn out of sequence')
    ELSE RAISE(FAIL, 'tacet: the assistant may not speak')
  END;
END;

-- The assistant speaks only while it has the conversation, under the epoch it was asked in, or when people gave it back in
-- the same turn.
CREATE TRIGGER turns_follow BEFORE INSERT ON turns
WHEN NEW.version > 1 AND NOT EXISTS (
  SELECT 1 FROM turns AS was
  WHERE was.conversation = NEW.conversation AND was.version = NEW.version - 1
    AND NEW.after_seq = was.last_seq AND NEW.at >= was.at
    AND (NEW.epoch > was.epoch OR NEW.epoch = was.epoch AND NEW.control = was.control)
    AND (was.control <> 'closed' OR NEW.control = 'closed')
    AND (was.tier <> 'emergency' OR NEW.tier = 'emergency' AND (was.control = 'assistant' OR NEW.control <> 'assistant'))
    AND (NEW.said IS NULL
      OR was.control = 'assistant' AND NEW.said = was.epoch
      OR NEW.released = 1 AND was.control IN ('waiting', 'human') AND was.tier <> 'emergency' AND NEW.said = was.epoch + 1))
BEGIN
  SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM turns WHERE conversation = NEW.conversation AND version = NEW.version - 1)
      THEN RAISE(FAIL, 'tacet: no such conversation')
    WHEN EXISTS (SELECT 1 FROM turns WHERE conversation = NEW.conversation AND version = NEW.version - 1
        AND (last_seq <> NEW.after_seq OR at > NEW.at))
      THEN RAISE(FAIL, 'tacet: turn out of sequence')
    WHEN NEW.said IS NULL THEN RAISE(FAIL, 'tacet: control moves forward only')
    ELSE RAISE(FAIL, 'tacet: the assistant may not speak')
  END;
END;

CREATE TRIGGER turns_final BEFORE UPDATE ON turns
BEGIN
  SELECT RAISE(ABORT, 'tacet: turns are final');
END;

CREATE TABLE outbox (
  id           INTEGER NOT NULL PRIMARY KEY,
  practice     TEXT    NOT NULL,
  conversation INTEGER NOT NULL REFERENCES conversations (number),
  version      INTEGER NOT NULL,
  number       INTEGER NOT NULL,
  vendor       TEXT    NOT NULL,
  at           INTEGER NOT NULL,
  sealed       BLOB    NOT NULL
) STRICT;

CREATE INDEX outbox_practice ON outbox (practice, id);

-- A place is one of the capacity's at one start; the key is the last word between two patients who want the same.
CREATE TABLE reservations (
  practice     TEXT    NOT NULL,
  starts       INTEGER NOT NULL,
  place        INTEGER NOT NULL,
  ends         INTEGER NOT NULL,
  slot         TEXT    NOT NULL,
  conversation INTEGER NOT NULL REFERENCES conversations (number),
  field        TEXT    NOT NULL,
  expires      INTEGER,
  PRIMARY KEY (practice, starts, place)
) STRICT, WITHOUT ROWID;

-- expires is null once booked: a conversation holds one slot per field at a time.
CREATE UNIQUE INDEX reservations_hold ON reservations (conversation, field) WHERE expires IS NOT NULL;

-- The trail: one row per practice and commit, chained by its hash to the row before. entries holds one JSON object a line.
CREATE TABLE audit (
  practice TEXT    NOT NULL,
  first    INTEGER NOT NULL,
  count    INTEGER NOT NULL CHECK (count > 0),
  prev     BLOB    NOT NULL,
  hash     BLOB    NOT NULL,
  entries  BLOB    NOT NULL,
  PRIMARY KEY (practice, first)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_sequence BEFORE INSERT ON audit
BEGIN
  SELECT RAISE(ABORT, 'tacet: audit entry out of sequence')
  WHERE NEW.first <> coalesce((SELECT first + count FROM audit WHERE practice = NEW.practice ORDER BY first DESC LIMIT 1), 1)
    OR NEW.prev <> coalesce((SELECT hash FROM audit WHERE practice = NEW.practice ORDER BY first DESC LIMIT 1), zeroblob(32));
END;

CREATE TRIGGER audit_final BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'tacet: the audit trail is append-only');
END;

CREATE TRIGGER audit_kept BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'tacet: the audit trail is append-only');
END;
