-- The same as SQLite's, see there. Times are microseconds since the Unix epoch, UTC. What a patient wrote, or what tells
-- about them, stands in sealed columns only.
--
-- Every table has row-level security, for its owner too: a connection sees and writes the rows of the practice in its
-- setting tacet.practice, and without one no rows at all.

CREATE TABLE machines (
  practice text NOT NULL,
  hash     text NOT NULL,
  machine  text NOT NULL,
  PRIMARY KEY (practice, hash)
);

CREATE TABLE conversations (
  id       text    NOT NULL PRIMARY KEY,
  practice text    NOT NULL,
  flow     text    NOT NULL,
  machine  text    NOT NULL,
  key      bigint  NOT NULL,
  client   bytea   NOT NULL,
  started  bigint  NOT NULL,
  control  text    NOT NULL CHECK (control IN ('assistant', 'waiting', 'human', 'closed')),
  epoch    bigint  NOT NULL,
  tier     text    NOT NULL,
  team     text    NOT NULL,
  outcome  text    NOT NULL,
  flagged  boolean NOT NULL,
  since    bigint  NOT NULL,
  due      bigint,
  UNIQUE (practice, client),
  FOREIGN KEY (practice, machine) REFERENCES machines (practice, hash)
);

CREATE INDEX conversations_due ON conversations (practice, due) WHERE due IS NOT NULL;
CREATE INDEX conversations_queue ON conversations (practice, control, since) WHERE control IN ('waiting', 'human');

CREATE FUNCTION conversations_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW.practice <> OLD.practice OR NEW.flow <> OLD.flow OR NEW.machine <> OLD.machine OR NEW.key <> OLD.key
    OR NEW.client <> OLD.client OR NEW.started <> OLD.started THEN
    RAISE EXCEPTION 'tacet: what a conversation is never changes';
  END IF;
  IF NEW.epoch < OLD.epoch
    OR (NEW.control <> OLD.control AND NEW.epoch = OLD.epoch)
    OR (OLD.control = 'closed' AND NEW.control <> 'closed')
    OR (OLD.tier = 'emergency' AND NEW.tier <> 'emergency')
    OR (OLD.tier = 'emergency' AND OLD.control <> 'assistant' AND NEW.control = 'assistant') THEN
    RAISE EXCEPTION 'tacet: control moves forward only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER conversations_keep BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION conversations_keep();

CREATE TABLE turns (
  conversation text    NOT NULL,
  version      bigint  NOT NULL CHECK (version > 0),
  practice     text    NOT NULL,
  at           bigint  NOT NULL,
  client       bytea,
  after_seq    bigint  NOT NULL,
  last_seq     bigint  NOT NULL CHECK (last_seq >= after_seq),
  authors      bigint  NOT NULL CHECK (authors BETWEEN 0 AND 7 AND (authors > 0) = (last_seq > after_seq)),
  said         bigint  CHECK ((said IS NULL) = (authors & 2 = 0)),
  ack          boolean NOT NULL CHECK (NOT ack OR said IS NOT NULL AND control <> 'assistant' AND epoch > said),
  released     boolean NOT NULL,
  control      text    NOT NULL CHECK (control IN ('assistant', 'waiting', 'human', 'closed')),
  epoch        bigint  NOT NULL CHECK (epoch >= 0),
  tier         text    NOT NULL,
  sealed       bytea   NOT NULL,
  PRIMARY KEY (conversation, version)
);

CREATE INDEX turns_client ON turns (conversation, client) WHERE version > 256;

-- A turn must fit what was before it. The assistant speaks only while it has the conversation, under the epoch it was asked
-- in, or when people gave it back in the same turn.
CREATE FUNCTION turns_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was turns%ROWTYPE;
BEGIN
  IF NEW.version = 1 THEN
    IF NOT EXISTS (SELECT 1 FROM conversations WHERE id = NEW.conversation AND practice = NEW.practice) THEN
      RAISE EXCEPTION 'tacet: no such conversation';
    ELSIF NEW.after_seq <> 0 THEN
      RAISE EXCEPTION 'tacet: turn out of sequence';
    ELSIF coalesce(NEW.said, 0) <> 0 OR NEW.released THEN
      RAISE EXCEPTION 'tacet: the assistant may not speak';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO was FROM turns WHERE conversation = NEW.conversation AND version = NEW.version - 1 AND practice = NEW.practice;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tacet: no such conversation';
  ELSIF NEW.after_seq <> was.last_seq OR NEW.at < was.at THEN
    RAISE EXCEPTION 'tacet: turn out of sequence';
  ELSIF NOT (NEW.epoch > was.epoch OR NEW.epoch = was.epoch AND NEW.control = was.control)
    OR was.control = 'closed' AND NEW.control <> 'closed'
    OR was.tier = 'emergency' AND NOT (NEW.tier = 'emergency' AND (was.control = 'assistant' OR NEW.control <> 'assistant')) THEN
    RAISE EXCEPTION 'tacet: control moves forward only';
  ELSIF NEW.said IS NOT NULL
    AND NOT (was.control = 'assistant' AND NEW.said = was.epoch)
    AND NOT (NEW.released AND was.control IN ('waiting', 'human') AND was.tier <> 'emergency' AND NEW.said = was.epoch + 1) THEN
    RAISE EXCEPTION 'tacet: the assistant may not speak';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER turns_follow BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION turns_follow();

CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'tacet: % is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER turns_final BEFORE UPDATE ON turns FOR EACH ROW EXECUTE FUNCTION never();

CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  practice     text   NOT NULL,
  conversation text   NOT NULL REFERENCES conversations (id),
  version      bigint NOT NULL,
  number       bigint NOT NULL,
  vendor       text   NOT NULL,
  at           bigint NOT NULL,
  sealed       bytea  NOT NULL,
  UNIQUE (conversation, version, number)
);
CREATE INDEX outbox_practice ON outbox (practice, id);

CREATE TABLE reservations (
  practice     text   NOT NULL,
  starts       bigint NOT NULL,
  place        bigint NOT NULL,
  ends         bigint NOT NULL,
  slot         text   NOT NULL,
  conversation text   NOT NULL REFERENCES conversations (id),
  field        text   NOT NULL,
  expires      bigint,
  PRIMARY KEY (practice, starts, place)
);
CREATE UNIQUE INDEX reservations_hold ON reservations (conversation, field) WHERE expires IS NOT NULL;

-- Where the trail of a practice ends. Its row is locked by whoever appends, and by whoever changes the calendar.
CREATE TABLE trails (
  practice text   NOT NULL PRIMARY KEY,
  next     bigint NOT NULL,
  hash     bytea  NOT NULL
);

-- The trail: one row per practice and commit, chained by its hash to the row before.
CREATE TABLE audit (
  practice text   NOT NULL,
  first    bigint NOT NULL,
  count    bigint NOT NULL CHECK (count > 0),
  prev     bytea  NOT NULL,
  hash     bytea  NOT NULL,
  entries  bytea  NOT NULL,
  PRIMARY KEY (practice, first)
);

CREATE FUNCTION audit_sequence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was audit%ROWTYPE;
BEGIN
  SELECT * INTO was FROM audit WHERE practice = NEW.practice ORDER BY first DESC LIMIT 1;
  IF NEW.first <> coalesce(was.first + was.count, 1) OR NEW.prev <> coalesce(was.hash, decode(repeat('00', 32), 'hex')) THEN
    RAISE EXCEPTION 'tacet: audit entry out of sequence';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_sequence BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_sequence();
CREATE TRIGGER audit_final BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION never();
CREATE TRIGGER audit_kept BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION never();

ALTER TABLE machines ENABLE ROW LEVEL SECURITY;
ALTER TABLE machines FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON machines USING (practice = current_setting('tacet.practice', true));
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON conversations USING (practice = current_setting('tacet.practice', true));
ALTER TABLE turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE turns FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON turns USING (practice = current_setting('tacet.practice', true));
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON outbox USING (practice = current_setting('tacet.practice', true));
ALTER TABLE reservations ENABLE ROW LEVEL SECURITY;
ALTER TABLE reservations FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON reservations USING (practice = current_setting('tacet.practice', true));
ALTER TABLE trails ENABLE ROW LEVEL SECURITY;
ALTER TABLE trails FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON trails USING (practice = current_setting('tacet.practice', true));
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON audit USING (practice = current_setting('tacet.practice', true));
