-- Keys, sealed by the key above them (package vault). This database is kept apart from what they seal.
CREATE TABLE practice_keys (
  practice   TEXT    NOT NULL,
  generation INTEGER NOT NULL,
  wrapped    BLOB    NOT NULL,
  PRIMARY KEY (practice, generation)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: the number of a destroyed key is never given to another.
CREATE TABLE conversation_keys (
  number     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  practice   TEXT    NOT NULL,
  generation INTEGER NOT NULL,
  wrapped    BLOB    NOT NULL
) STRICT;

CREATE INDEX conversation_keys_generation ON conversation_keys (practice, generation);
