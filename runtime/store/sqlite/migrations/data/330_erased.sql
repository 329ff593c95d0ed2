-- Nothing is said in a conversation whose key is destroyed: a server that remembers the key would seal what nobody ever reads.
CREATE TRIGGER turns_erased BEFORE INSERT ON turns
WHEN (SELECT erased FROM conversations WHERE number = NEW.conversation) IS NOT NULL
BEGIN
  SELECT RAISE(FAIL, 'tacet: no such conversation');
END;
