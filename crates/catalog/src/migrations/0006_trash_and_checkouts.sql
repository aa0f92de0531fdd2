-- Since when an asset lies in the trash; and who has checked it out, since when and what for.
ALTER TABLE asset ADD COLUMN trashed_us BIGINT;
ALTER TABLE asset ADD COLUMN checkout_actor TEXT;
ALTER TABLE asset ADD COLUMN checkout_us BIGINT;
ALTER TABLE asset ADD COLUMN checkout_note TEXT;
-- The trash, the longest there first.
CREATE INDEX asset_trashed ON asset (trashed_us, id) WHERE trashed_us IS NOT NULL;
-- The assets of one name in one folder.
CREATE INDEX asset_named ON asset (folder, name, id);
-- Jobs that nobody will do go with what they were about.
CREATE INDEX job_dead_subject ON job (subject) WHERE state = 'dead';
