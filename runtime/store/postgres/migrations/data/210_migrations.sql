-- How open conversations on earlier versions move to a deployment. The same as SQLite's, see there.
ALTER TABLE releases ADD COLUMN migration bytea NOT NULL DEFAULT '';
