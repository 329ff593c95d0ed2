-- The numbers of keys that were destroyed: a key that is in neither table is lost, and what it sealed is damaged, not erased. Nothing of the
-- key stands here. Numbers without a key from before this table count as destroyed, for whatever practice ('').
CREATE TABLE destroyed_keys (
  number   INTEGER NOT NULL,
  practice TEXT    NOT NULL,
  PRIMARY KEY (number, practice)
) STRICT, WITHOUT ROWID;

INSERT INTO destroyed_keys (number, practice)
  WITH RECURSIVE given (number) AS (
    SELECT 1 WHERE EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'conversation_keys' AND seq >= 1)
    UNION ALL SELECT number + 1 FROM given WHERE number < (SELECT seq FROM sqlite_sequence WHERE name = 'conversation_keys')
  )
  SELECT number, '' FROM given WHERE number NOT IN (SELECT number FROM conversation_keys);
