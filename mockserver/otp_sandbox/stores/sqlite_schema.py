"""The tables of a store's file, as numbered migrations: number n leads from version n - 1 to version n."""

from __future__ import annotations

from typing import Final

APPLICATION: Final = 0x4F54_5053
"""The mark in the file's head by which it is known as ours: `OTPS`."""

MIGRATIONS: Final[tuple[str, ...]] = (
    # 1. Everything that a lane holds. `name` is the table's, `data` the record as JSON.
    """
    CREATE TABLE lanes (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        used INTEGER NOT NULL,      -- grows: the lane used longest ago has the least
        place INTEGER NOT NULL,     -- of the newest log entry that there ever was
        newest INTEGER NOT NULL,    -- number of the last write to a log
        began INTEGER NOT NULL,     -- the write that this life began with
        counts TEXT NOT NULL        -- JSON: the numbers that were given last
    );
    CREATE TABLE records (
        lane INTEGER NOT NULL,
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        position INTEGER NOT NULL,  -- grows: the record written longest ago has the least
        data BLOB NOT NULL,
        PRIMARY KEY (lane, name, key)
    ) WITHOUT ROWID;
    CREATE TABLE entries (
        lane INTEGER NOT NULL,
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        place INTEGER NOT NULL,
        number INTEGER NOT NULL,    -- of the last write to this entry
        data BLOB NOT NULL,
        PRIMARY KEY (lane, name, key)
    ) WITHOUT ROWID;
    CREATE TABLE logs (
        lane INTEGER NOT NULL,
        name TEXT NOT NULL,
        gone INTEGER NOT NULL,      -- up to this number entries may be gone
        PRIMARY KEY (lane, name)
    ) WITHOUT ROWID;
    CREATE TABLE events (
        lane INTEGER NOT NULL,
        number INTEGER NOT NULL,    -- in the order in which they were put on the schedule
        data BLOB NOT NULL,
        PRIMARY KEY (lane, number)
    ) WITHOUT ROWID;
    """,
    # 2. Rows by a number that grows over all lanes: what is new stands together, so that few pages have to be written
    #    however much there is. Records and the entries of logs are in one table.
    """
    CREATE TABLE kept (
        row INTEGER PRIMARY KEY,    -- the record of a bounded table that was written longest ago has the least
        lane INTEGER NOT NULL,
        name TEXT NOT NULL,
        key TEXT NOT NULL,
        place INTEGER,              -- of an entry
        number INTEGER,             -- of the last write to an entry
        data BLOB NOT NULL
    );
    INSERT INTO kept SELECT NULL, lane, name, key, NULL, NULL, data FROM records ORDER BY lane, position;
    INSERT INTO kept SELECT NULL, lane, name, key, place, number, data FROM entries ORDER BY lane, place;
    CREATE TABLE due (
        row INTEGER PRIMARY KEY,    -- in the order in which they were put on the schedule
        lane INTEGER NOT NULL,
        data BLOB NOT NULL
    );
    INSERT INTO due SELECT NULL, lane, data FROM events ORDER BY lane, number;
    DROP TABLE records;
    DROP TABLE entries;
    DROP TABLE events;
    """,
)
