"""After an erasure: what was deleted leaves the files of the database too."""

import time

from django.db import connection

from desagravo.cases import search
from desagravo.history.outbox import Failed

_SMALL = 256 * 2**20
"""Bytes of an SQLite file up to which it is written anew, which also drops what an older release left in it."""


def scrub() -> None:
    """Leave nothing of deleted rows in the database's files: search index, free pages, log of SQLite.

    Outside a transaction. On PostgreSQL the space of deleted rows is given free to be written over; its own log and
    backups keep them for their time.

    Raises:
        Failed: somebody reads all the time; to be tried again.
    """
    if connection.in_atomic_block:  # a test's, or a story's that nobody else sees into yet
        return
    search.scrub()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tables = [name for name in connection.introspection.table_names() if not name.startswith("pg_")]
            for table in tables:
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
            return
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        if pages * cursor.fetchone()[0] <= _SMALL:
            cursor.execute("VACUUM")
        for _try in range(20):
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.1)
    raise Failed("the log of the database is being read; it is emptied at the next try")
