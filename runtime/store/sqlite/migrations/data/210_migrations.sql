-- How open conversations on earlier versions move to a deployment, as package migration writes it; empty: they do not.
ALTER TABLE releases ADD COLUMN migration BLOB NOT NULL DEFAULT x'';
