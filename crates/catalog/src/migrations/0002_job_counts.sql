-- How many jobs stand where, kept in the head by each write: counting them would cost more the more there are.
ALTER TABLE head ADD COLUMN jobs_waiting BIGINT NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN jobs_running BIGINT NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN jobs_dead BIGINT NOT NULL DEFAULT 0;
UPDATE head SET
    jobs_waiting = (SELECT COUNT(*) FROM job WHERE state = 'waiting'),
    jobs_running = (SELECT COUNT(*) FROM job WHERE state = 'running'),
    jobs_dead = (SELECT COUNT(*) FROM job WHERE state = 'dead');
