-- Nothing is said in a conversation whose key is destroyed: a server that remembers the key would seal what nobody ever reads.
CREATE FUNCTION turns_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM conversations WHERE id = NEW.conversation AND practice = NEW.practice AND erased IS NOT NULL) THEN
    RAISE EXCEPTION 'tacet: no such conversation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER turns_erased BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION turns_erased();
