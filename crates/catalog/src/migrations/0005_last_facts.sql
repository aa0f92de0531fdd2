-- Rows that belong to a version or a file name the fact that told them, as all rows of record do.
ALTER TABLE version_file ADD COLUMN last_fact TEXT NOT NULL DEFAULT '';
ALTER TABLE embedded ADD COLUMN last_fact TEXT NOT NULL DEFAULT '';
ALTER TABLE page_text ADD COLUMN last_fact TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN last_fact TEXT NOT NULL DEFAULT '';
-- Facts after this one say of each row they touch what it is.
ALTER TABLE head ADD COLUMN rows_told_after BIGINT NOT NULL DEFAULT 0;
UPDATE head SET rows_told_after = seq;
