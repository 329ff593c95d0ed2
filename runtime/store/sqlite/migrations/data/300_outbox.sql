-- What is to be taken out: a row for each parcel to a vendor, for each time that a conversation begins to wait for a person, and for
-- what the compliance owner is told. Rows are laid down by the database itself, in the transaction that causes them, and hold
-- nothing that a patient wrote: the fields stay sealed in outbox.
CREATE TABLE deliveries (
  practice     TEXT    NOT NULL,
  id           TEXT    NOT NULL,
  kind         TEXT    NOT NULL CHECK (kind IN ('send', 'page', 'alert')),
  conversation TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  number       INTEGER NOT NULL,
  epoch        INTEGER NOT NULL,
  target       TEXT    NOT NULL,
  tier         TEXT    NOT NULL,
  at           INTEGER NOT NULL,
  due          INTEGER NOT NULL,
  claims       INTEGER NOT NULL DEFAULT 0,
  tries        INTEGER NOT NULL DEFAULT 0,
  rung         INTEGER NOT NULL DEFAULT 0,
  leased       INTEGER,
  state        TEXT    NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'delivered', 'parked', 'dead')),
  why          TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (practice, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_due ON deliveries (practice, due) WHERE state = 'queued';
CREATE INDEX deliveries_at ON deliveries (practice, at);

CREATE TRIGGER outbox_queue AFTER INSERT ON outbox
BEGIN
  INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
  SELECT NEW.practice, c.id || '-' || NEW.version || '-' || NEW.number, 'send', c.id, NEW.version, NEW.number, c.epoch, NEW.vendor, '',
    NEW.at, NEW.at
  FROM conversations c WHERE c.number = NEW.conversation;
END;

CREATE TRIGGER conversations_wait AFTER UPDATE OF control, epoch ON conversations
WHEN NEW.control = 'waiting' AND (OLD.control <> 'waiting' OR NEW.epoch <> OLD.epoch)
BEGIN
  INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
  VALUES (NEW.practice, NEW.id || '-page-' || NEW.epoch, 'page', NEW.id, 0, 0, NEW.epoch, NEW.team, NEW.tier, NEW.since, NEW.since);
END;

CREATE TRIGGER conversations_wait_first AFTER INSERT ON conversations WHEN NEW.control = 'waiting'
BEGIN
  INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
  VALUES (NEW.practice, NEW.id || '-page-' || NEW.epoch, 'page', NEW.id, 0, 0, NEW.epoch, NEW.team, NEW.tier, NEW.since, NEW.since);
END;

-- Up to which entry of the trail alerts were made.
CREATE TABLE followed (
  practice TEXT    NOT NULL PRIMARY KEY,
  entry    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Endpoints, by a digest of their address, that said that they want nothing any more.
CREATE TABLE endpoints_shut (
  practice TEXT    NOT NULL,
  endpoint TEXT    NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (practice, endpoint)
) STRICT, WITHOUT ROWID;

-- What was sent before there was this room.
INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
SELECT o.practice, c.id || '-' || o.version || '-' || o.number, 'send', c.id, o.version, o.number, c.epoch, o.vendor, '', o.at, o.at
FROM outbox o JOIN conversations c ON c.number = o.conversation;
