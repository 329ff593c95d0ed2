-- What ends what is kept. The same as SQLite's, see there.
ALTER TABLE conversations ADD COLUMN erased bigint;
CREATE INDEX conversations_kept ON conversations (practice, machine, started) WHERE erased IS NULL;

CREATE TABLE erasures (
  practice     text   NOT NULL,
  conversation text   NOT NULL,
  key          bigint NOT NULL,
  at           bigint NOT NULL,
  by_whom      text   NOT NULL,
  why          text   NOT NULL,
  done         bigint,
  PRIMARY KEY (practice, conversation)
);
CREATE INDEX erasures_open ON erasures (practice, at) WHERE done IS NULL;

CREATE TABLE holds (
  practice        text   NOT NULL,
  id              text   NOT NULL,
  conversation    text   NOT NULL,
  reason          text   NOT NULL,
  by_whom         text   NOT NULL,
  at              bigint NOT NULL,
  released        bigint,
  released_by     text   NOT NULL DEFAULT '',
  released_reason text   NOT NULL DEFAULT '',
  PRIMARY KEY (practice, id)
);
CREATE INDEX holds_standing ON holds (practice, conversation) WHERE released IS NULL;

CREATE FUNCTION erasures_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM holds WHERE practice = NEW.practice AND conversation = NEW.conversation AND released IS NULL) THEN
    RAISE EXCEPTION 'tacet: the conversation is held';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erasures_held BEFORE INSERT ON erasures FOR EACH ROW EXECUTE FUNCTION erasures_held();

CREATE FUNCTION holds_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM erasures WHERE practice = NEW.practice AND conversation = NEW.conversation) THEN
    RAISE EXCEPTION 'tacet: the conversation is erased';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER holds_erased BEFORE INSERT ON holds FOR EACH ROW EXECUTE FUNCTION holds_erased();

CREATE TRIGGER holds_kept BEFORE DELETE ON holds FOR EACH ROW EXECUTE FUNCTION never();
CREATE TRIGGER erasures_kept BEFORE DELETE ON erasures FOR EACH ROW EXECUTE FUNCTION never();

ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON erasures USING (practice = current_setting('tacet.practice', true));
ALTER TABLE holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE holds FORCE ROW LEVEL SECURITY;
CREATE POLICY practice ON holds USING (practice = current_setting('tacet.practice', true));
