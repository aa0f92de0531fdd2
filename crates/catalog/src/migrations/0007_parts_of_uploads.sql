-- What an upload is to others: a file of its own, a part of one, or one that is made of parts. A part belongs to one
-- upload at most, and lives and ends with it.
ALTER TABLE upload ADD COLUMN role TEXT NOT NULL DEFAULT 'whole';
CREATE TABLE upload_part (
    part TEXT PRIMARY KEY,
    upload TEXT NOT NULL,
    number BIGINT NOT NULL
);
CREATE INDEX upload_part_upload ON upload_part (upload, number);
