-- The numbers of keys that were destroyed: a key that is in neither table is lost, and what it sealed is damaged, not erased. Nothing of the
-- key stands here. Numbers without a key from before this table count as destroyed, for whatever practice ('').
CREATE TABLE destroyed_keys (
  number   bigint NOT NULL,
  practice text   NOT NULL,
  PRIMARY KEY (number, practice)
);

INSERT INTO destroyed_keys (number, practice)
  SELECT given.number, '' FROM key_numbers, generate_series(1, last) AS given (number)
  WHERE NOT EXISTS (SELECT 1 FROM conversation_keys k WHERE k.number = given.number);
