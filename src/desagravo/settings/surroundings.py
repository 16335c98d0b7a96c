"""What the surroundings say: the data folder, its keys, the database. Nothing here needs Django."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from desagravo.settings import postgres, sqlite

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the installed product."""


def flag(name: str) -> bool:
    """Whether the environment variable `name` is switched on."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def words(name: str) -> list[str]:
    """The comma-separated words of the environment variable `name`."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def default_data_folder(name: str) -> Path:
    """Where a product without `--data` keeps its things: in a checkout, otherwise in the person's data folder."""
    checkout = PACKAGE.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "desagravo").is_file():
        return checkout / "data" / name
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "desagravo" / name


def data_folder() -> Path:
    """The folder of this product, made at first use and readable by its owner only."""
    folder = Path(os.environ.get("DESAGRAVO_DATA") or default_data_folder("own")).expanduser().absolute()
    for part in (folder, folder / "keys", folder / "run"):
        if not part.is_dir():
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def static_folder(folder: Path) -> Path:
    """Where the static files are collected; each of several nodes has its own, for they may differ in version."""
    node = os.environ.get("DESAGRAVO_NODE", "")
    return folder / "run" / node / "static" if node else folder / "static"


def key(folder: Path, name: str) -> str:
    """The secret text `name` of this product; made of 64 random bytes at its first start, mode 0600.

    Two processes may ask for a new key at once: the file gets its name only when it is complete, and the first wins.
    """
    path = folder / "keys" / name
    if not path.exists():
        draft = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def database(url: str, *, folder: Path, testing: bool = False) -> dict[str, Any]:
    """Django's settings for a database address; without one, an SQLite file in the data folder.

    Raises ValueError for an address of another kind.
    """
    if not url:
        return sqlite.database(folder / "desagravo.sqlite3", synchronous="OFF" if testing else "FULL")
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return postgres.database(url, pool=not testing)
    if scheme == "sqlite" and rest.startswith("/"):
        return sqlite.database(Path("/" + rest.lstrip("/")), synchronous="OFF" if testing else "FULL")
    raise ValueError("DESAGRAVO_DATABASE_URL must begin with postgresql:// or sqlite:///")
