#!/usr/bin/env bash
# Durable small writes a second: the floor, then the catalog on SQLite and on a PostgreSQL that keeps what it says.
# usage: bench/writes.sh [FOLDER]    (a folder on the disk that is meant; default: a new one in target/)
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p target
folder=$(mktemp -d "${1:-target}/writes.XXXXXX")
folder=$(realpath "$folder")
# PostgreSQL runs as another user.
chmod 755 "$folder"
trap 'scripts/postgres.sh stop "$folder/postgres"; rm -rf "$folder"' EXIT

echo "floor: SQLite, one caller, each write synced by itself"
python3 - "$folder/floor.sqlite" <<'PYTHON'
import sqlite3
import sys
import time

conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("PRAGMA journal_mode=WAL")
conn.execute("PRAGMA synchronous=FULL")
conn.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, value INTEGER)")
conn.execute("INSERT INTO one VALUES (1, 0)")
writes, end = 0, time.monotonic() + 5
while time.monotonic() < end:
    conn.execute("UPDATE one SET value = value + 1 WHERE id = 1")
    writes += 1
print(f"writes/s            {writes / 5:.0f}")
PYTHON

cargo build --quiet --release --package damask-catalog --example write_rate
binary=${CARGO_TARGET_DIR:-target}/release/examples/write_rate
echo "catalog on SQLite"
"$binary" "sqlite:$folder/catalog.sqlite"
echo "catalog on PostgreSQL"
address=$(DURABLE=1 scripts/postgres.sh start "$folder/postgres")
"$binary" "$address"
