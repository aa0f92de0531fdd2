-- A place is told of the asset it belongs to: several assets may share bytes, and whoever sees one of them is
-- not told where the others came from. Uploads say where they belong, and two may say the same: both keep it.
-- `apart` is the asset where others may be told of the same path, and empty where a path holds one file.
CREATE TABLE location_of_asset (
    id TEXT PRIMARY KEY,
    file BYTEA NOT NULL REFERENCES file (hash),
    asset TEXT,
    place TEXT NOT NULL,
    directory TEXT NOT NULL,
    name TEXT NOT NULL,
    apart TEXT NOT NULL,
    stamp_bytes BIGINT,
    modified_ns BIGINT,
    changed_ns BIGINT,
    inode BIGINT,
    verified_us BIGINT NOT NULL,
    last_fact TEXT NOT NULL,
    UNIQUE (place, directory, name, apart)
);
INSERT INTO location_of_asset (id, file, asset, place, directory, name, apart, stamp_bytes, modified_ns,
    changed_ns, inode, verified_us, last_fact)
SELECT l.id, l.file, CASE WHEN l.place <> 'store' THEN owner.asset END, l.place, l.directory, l.name,
    CASE WHEN l.place = 'upload' THEN COALESCE(owner.asset, '') ELSE '' END,
    l.stamp_bytes, l.modified_ns, l.changed_ns, l.inode, l.verified_us, l.last_fact
FROM location l LEFT JOIN (
    SELECT p.file, MIN(v.asset) AS asset FROM version_file p JOIN version v ON v.id = p.version
    WHERE p.role = 'primary' GROUP BY p.file
) owner ON owner.file = l.file;
DROP TABLE location;
ALTER TABLE location_of_asset RENAME TO location;
CREATE INDEX location_file ON location (file);
CREATE INDEX location_asset ON location (asset);
