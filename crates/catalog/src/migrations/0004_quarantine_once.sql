-- Who brought a file that waits, so that it is shown to them; what was known of it, so that it can be let in;
-- and one row for a path and its bytes, however often they are brought.
ALTER TABLE quarantine ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN source TEXT NOT NULL DEFAULT 'null';
UPDATE quarantine SET actor = COALESCE(
    (SELECT f.actor FROM fact f WHERE f.id = quarantine.last_fact), '00000000-0000-0000-0000-000000000000');
DELETE FROM quarantine WHERE file IS NOT NULL AND id NOT IN (
    SELECT MIN(id) FROM quarantine WHERE file IS NOT NULL GROUP BY actor, path, file);
CREATE UNIQUE INDEX quarantine_once ON quarantine (actor, path, file);
CREATE INDEX quarantine_file ON quarantine (file);
CREATE INDEX quarantine_actor ON quarantine (actor, id);
