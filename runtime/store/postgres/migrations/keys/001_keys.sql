-- Keys, sealed by the key above them (package vault). This database is kept apart from what they seal.
CREATE TABLE practice_keys (
  practice   text   NOT NULL,
  generation bigint NOT NULL,
  wrapped    bytea  NOT NULL,
  PRIMARY KEY (practice, generation)
);

-- The highest number that was ever given to a key: that of a destroyed key is never given to another.
CREATE TABLE key_numbers (last bigint NOT NULL);
INSERT INTO key_numbers (last) VALUES (0);

CREATE TABLE conversation_keys (
  number     bigint NOT NULL PRIMARY KEY,
  practice   text   NOT NULL,
  generation bigint NOT NULL,
  wrapped    bytea  NOT NULL
);
CREATE INDEX conversation_keys_generation ON conversation_keys (practice, generation);
