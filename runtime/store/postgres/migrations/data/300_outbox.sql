-- What is to be taken out. The same as SQLite's, see there.
CREATE TABLE deliveries (
  practice     text   NOT NULL,
  id           text   NOT NULL,
  kind         text   NOT NULL CHECK (kind IN ('send', 'page', 'alert')),
  conversation text   NOT NULL,
  version      bigint NOT NULL,
  number       bigint NOT NULL,
  epoch        bigint NOT NULL,
  target       text   NOT NULL,
  tier         text   NOT NULL,
  at           bigint NOT NULL,
  due          bigint NOT NULL,
  claims       bigint NOT NULL DEFAULT 0,
  tries        bigint NOT NULL DEFAULT 0,
  rung         bigint NOT NULL DEFAULT 0,
  leased       bigint,
  state        text   NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'delivered', 'parked', 'dead')),
  why          text   NOT NULL DEFAULT '',
  PRIMARY KEY (practice, id)
);
CREATE INDEX deliveries_due ON deliveries (practice, due) WHERE state = 'queued';
CREATE INDEX deliveries_at ON deliveries (practice, at);

CREATE FUNCTION outbox_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
  SELECT NEW.practice, NEW.conversation || '-' || NEW.version || '-' || NEW.number, 'send', NEW.conversation, NEW.version, NEW.number,
    c.epoch, NEW.vendor, '', NEW.at, NEW.at
  FROM conversations c WHERE c.id = NEW.conversation;
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_queue AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_queue();

CREATE FUNCTION conversations_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
  VALUES (NEW.practice, NEW.id || '-page-' || NEW.epoch, 'page', NEW.id, 0, 0, NEW.epoch, NEW.team, NEW.tier, NEW.since, NEW.since);
  RETURN NULL;
END $$;
CREATE TRIGGER conversations_wait AFTER UPDATE ON conversations FOR EACH ROW
WHEN (NEW.control = 'waiting' AND (OLD.control <> 'waiting' OR NEW.epoch <> OLD.epoch)) EXECUTE FUNCTION conversations_wait();
CREATE TRIGGER conversations_wait_first AFTER INSERT ON conversations FOR EACH ROW
WHEN (NEW.control = 'waiting') EXECUTE FUNCTION conversations_wait();

CREATE TABLE followed (
  practice text   NOT NULL PRIMARY KEY,
  entry    bigint NOT NULL
);

CREATE TABLE endpoints_shut (
  practice text   NOT NULL,
  endpoint text   NOT NULL,
  at       bigint NOT NULL,
  PRIMARY KEY (practice, endpoint)
);

-- What was sent before there was this room. Of all practices, so for the length of this transaction the owner sees them.
ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY;
ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY;
INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
SELECT o.practice, c.id || '-' || o.version || '-' || o.number, 'send', c.id, o.version, o.number, c.epoch, o.vendor, '', o.at, o.at
FROM outbox o JOIN conversations c ON c.id = o.conversation;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;

ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON deliveries USING (practice = current_setting('tacet.practice', true));
ALTER TABLE followed ENABLE ROW LEVEL SECURITY;
ALTER TABLE followed FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON followed USING (practice = current_setting('tacet.practice', true));
ALTER TABLE endpoints_shut ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoints_shut FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON endpoints_shut USING (practice = current_setting('tacet.practice', true));
