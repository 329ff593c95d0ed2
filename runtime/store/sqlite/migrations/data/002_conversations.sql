-- A conversation's row stays, whatever is erased of it: its number never becomes another's.
CREATE TRIGGER conversations_stay BEFORE DELETE ON conversations
BEGIN
  SELECT RAISE(ABORT, 'tacet: a conversation stays');
END;

-- What a turn sent is looked up by that turn.
CREATE INDEX outbox_turn ON outbox (conversation, version);
