-- Times are microseconds since the Unix epoch, UTC.

-- Conversations end on the machine they started on, however many versions of a flow follow it.
CREATE TABLE machines (
  hash    TEXT NOT NULL PRIMARY KEY,
  machine TEXT NOT NULL
) STRICT;

CREATE TABLE conversations (
  id          TEXT    NOT NULL PRIMARY KEY,
  practice    TEXT    NOT NULL,
  flow        TEXT    NOT NULL,
  machine     TEXT    NOT NULL REFERENCES machines (hash),
  client_id   TEXT    NOT NULL,
  request     BLOB    NOT NULL,
  version     INTEGER NOT NULL,
  control     TEXT    NOT NULL CHECK (control IN ('assistant', 'waiting', 'human', 'closed')),
  epoch       INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  tier        TEXT    NOT NULL,
  team        TEXT    NOT NULL,
  outcome     TEXT    NOT NULL,
  flagged     INTEGER NOT NULL CHECK (flagged IN (0, 1)),
  state       TEXT    NOT NULL,
  started     INTEGER NOT NULL,
  touched     INTEGER NOT NULL,
  deadline    INTEGER,
  UNIQUE (practice, client_id)
) STRICT;

CREATE INDEX conversations_deadline ON conversations (deadline) WHERE deadline IS NOT NULL;

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

CREATE TABLE messages (
  conversation TEXT    NOT NULL REFERENCES conversations (id),
  seq          INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  author       TEXT    NOT NULL CHECK (author IN ('patient', 'assistant', 'staff')),
  actor        TEXT    NOT NULL,
  role         TEXT    NOT NULL,
  epoch        INTEGER NOT NULL,
  lang         TEXT    NOT NULL,
  text         TEXT    NOT NULL,
  masked       TEXT    NOT NULL,
  extra        TEXT    NOT NULL,
  PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

-- At most one acknowledgement per escalation or handoff.
CREATE UNIQUE INDEX messages_ack ON messages (conversation, epoch) WHERE role = 'ack';

CREATE TRIGGER messages_sequence BEFORE INSERT ON messages
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM messages WHERE conversation = NEW.conversation)
BEGIN
  SELECT RAISE(ABORT, 'tacet: message out of sequence');
END;

-- The assistant speaks only while it has the conversation, under the epoch it was asked in.
CREATE TRIGGER messages_silence BEFORE INSERT ON messages
WHEN NEW.author = 'assistant' AND NOT EXISTS (
  SELECT 1 FROM conversations
  WHERE id = NEW.conversation AND control = 'assistant' AND epoch = NEW.epoch
)
BEGIN
  SELECT RAISE(ABORT, 'tacet: the assistant may not speak');
END;

CREATE TRIGGER messages_final BEFORE UPDATE ON messages
BEGIN
  SELECT RAISE(ABORT, 'tacet: messages are final');
END;

CREATE TABLE tokens (
  conversation TEXT    NOT NULL REFERENCES conversations (id),
  token        BLOB    NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (conversation, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
  conversation TEXT    NOT NULL REFERENCES conversations (id),
  client_id    TEXT    NOT NULL,
  request      BLOB    NOT NULL,
  after_seq    INTEGER NOT NULL,
  last_seq     INTEGER NOT NULL,
  control      TEXT    NOT NULL,
  lang         TEXT    NOT NULL,
  tier         TEXT    NOT NULL,
  outcome      TEXT    NOT NULL,
  PRIMARY KEY (conversation, client_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id           INTEGER NOT NULL PRIMARY KEY,
  practice     TEXT    NOT NULL,
  conversation TEXT    NOT NULL REFERENCES conversations (id),
  vendor       TEXT    NOT NULL,
  fields       TEXT    NOT NULL,
  at           INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_practice ON outbox (practice, id);

-- A place is one of the capacity's at one start; the key is the last word between two patients who want the same.
CREATE TABLE reservations (
  practice     TEXT    NOT NULL,
  starts       INTEGER NOT NULL,
  place        INTEGER NOT NULL,
  ends         INTEGER NOT NULL,
  slot         TEXT    NOT NULL,
  conversation TEXT    NOT NULL REFERENCES conversations (id),
  field        TEXT    NOT NULL,
  expires      INTEGER,
  PRIMARY KEY (practice, starts, place)
) STRICT, WITHOUT ROWID;

-- expires is null once booked: a conversation holds one slot per field at a time.
CREATE UNIQUE INDEX reservations_hold ON reservations (conversation, field) WHERE expires IS NOT NULL;

CREATE TABLE codes (
  conversation TEXT    NOT NULL PRIMARY KEY REFERENCES conversations (id),
  salt         BLOB    NOT NULL,
  hash         BLOB    NOT NULL,
  expires      INTEGER NOT NULL,
  tries        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  practice     TEXT    NOT NULL,
  number       INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  actor        TEXT    NOT NULL,
  action       TEXT    NOT NULL,
  conversation TEXT    NOT NULL,
  detail       TEXT    NOT NULL,
  PRIMARY KEY (practice, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_sequence BEFORE INSERT ON audit
WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM audit WHERE practice = NEW.practice)
BEGIN
  SELECT RAISE(ABORT, 'tacet: audit entry out of sequence');
END;

CREATE TRIGGER audit_final BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'tacet: the audit trail is append-only');
END;

CREATE TRIGGER audit_kept BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'tacet: the audit trail is append-only');
END;
