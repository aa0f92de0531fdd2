"""Edits a library's database behind Damask's back, with nothing but Python's own sqlite3.

usage: tamper.py DATABASE list              one JSON line for each thing that can be tried
       tamper.py DATABASE do KIND TABLE COLUMN
"""
import json
import sqlite3
import sys

# Tables of record and the journal; what only says something of the running is left out, as in record/table.rs.
TABLES = {
    "folder": [], "asset": [], "version": [], "version_file": [], "file": [],
    "location": ["verified_us"], "embedded": [], "page_text": [], "finding": [], "relation": [],
    "quarantine": [], "account": [], "api_key": ["last_used_us"],
    "fact": [], "fact_payload": [], "fact_item": [],
}


def columns(database, table):
    return [(name, kind) for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})")]


def other(value, kind):
    """A value of the same type that is not this one."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"\1"
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1") if value else "x"
    if isinstance(value, (int, float)):
        # Far away, so that no other row is there already.
        return 1 - value if kind.startswith("BOOL") else value + 1_000_003
    return {"TEXT": "x", "BYTEA": b"\1" * 32}.get(kind, 1)


def key(row):
    """The row itself, whatever its table's key is."""
    return " AND ".join(f"{name} IS ?" for name in row.keys()), list(row)


def one(database, table):
    return database.execute(f"SELECT * FROM {table} ORDER BY 1 LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM {table})").fetchone()


def tries(database):
    for table, left_out in TABLES.items():
        full = one(database, table) is not None
        for name, _ in columns(database, table):
            if full and name not in left_out:
                yield {"kind": "change", "table": table, "column": name}
        if full:
            yield {"kind": "remove", "table": table, "column": ""}
        yield {"kind": "forge", "table": table, "column": ""}


def forged(database, table):
    """A row that nobody wrote: a copy of one there with another key, or one made up where there is none."""
    row = one(database, table)
    cells = {name: (row[name] if row else None, kind) for name, kind in columns(database, table)}
    keys = [name for _, name, _, _, _, place in database.execute(f"PRAGMA table_info({table})") if place]
    unique = {name for _, index, is_unique, *_ in database.execute(f"PRAGMA index_list({table})") if is_unique
              for _, _, name in database.execute(f"PRAGMA index_info({index})")}
    for name, (value, kind) in cells.items():
        if value is None or name in keys or name in unique:
            cells[name] = (other(value, kind), kind)
    return {name: value for name, (value, _) in cells.items()}


def do(database, kind, table, column):
    if kind == "forge":
        row = forged(database, table)
        marks = ", ".join("?" for _ in row)
        database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        return
    row = one(database, table)
    where, values = key(row)
    if kind == "remove":
        changed = database.execute(f"DELETE FROM {table} WHERE {where}", values)
    else:
        types = dict(columns(database, table))
        changed = database.execute(
            f"UPDATE {table} SET {column} = ? WHERE {where}", [other(row[column], types[column])] + values)
    assert changed.rowcount == 1, (table, column, changed.rowcount)


def main():
    database = sqlite3.connect(sys.argv[1])
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA foreign_keys = OFF")
    if sys.argv[2] == "list":
        for one_try in tries(database):
            print(json.dumps(one_try))
    else:
        do(database, *sys.argv[3:6])
        database.commit()
    database.close()


main()
