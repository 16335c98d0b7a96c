"""Before the first page: the database up to date, the cache's table, the static files, the sample company of a demo."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path

import django


def prepare(*, demo: bool) -> None:
    """Make this product ready to serve. What is there already is left as it is."""
    keep_private(Path(os.environ["DESAGRAVO_DATA"]))
    django.setup()
    from django.core.management import call_command

    from desagravo.operations.backup import aside
    from desagravo.operations.upgrade import one_at_a_time, upgrade

    with one_at_a_time():
        upgrade()
        aside.clear_killed(Path(os.environ["DESAGRAVO_DATA"]))
        call_command("createcachetable", verbosity=0)
        _fill(demo=demo)
    _collect_static_files()


def _fill(*, demo: bool) -> None:
    if demo:
        _sample_company()
    else:
        _starter_departments()
    _one_time_code()


def keep_private(folder: Path) -> None:
    """Close the data folder to other accounts of the machine, also where the operator made it; else say so.

    Who gets into the folder can read the database, whatever the rights of the file itself once were.
    """
    store = folder / "files"
    for part in (folder, store, *(each for each in store.glob("*") if each.is_dir())):
        if not part.is_dir() or not part.stat().st_mode & 0o077:
            continue
        with contextlib.suppress(OSError):
            part.chmod(0o700)
        if part.stat().st_mode & 0o077:
            print(f"desagravo: other accounts of this machine can read {part}. Close it (chmod 700).", file=sys.stderr)


def _collect_static_files() -> None:
    """Copy, name by content and compress the static files; again only when one of them has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = sorted(
        f"{path} {Path(storage.path(path)).stat().st_mtime_ns}"
        for finder in get_finders()
        for path, storage in finder.list([])
    )
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected-from"
    if stamp.is_file() and stamp.read_text() == "\n".join(seen) and _whole(root / "staticfiles.json"):
        return
    # begun anew: of a folder that a failed disk left with a cut list of its files, Django cannot even clear the rest
    shutil.rmtree(root, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text("\n".join(seen))


def _whole(manifest: Path) -> bool:
    try:
        return bool(json.loads(manifest.read_text()))
    except (OSError, ValueError):
        return False


def sign_ins_file() -> Path:
    """Where the demo keeps the sign-ins of its sample company."""
    return Path(os.environ["DESAGRAVO_DATA"]) / "keys" / "sign_ins.json"


def _sample_company() -> None:
    """Load the sample company into a new database, whole or not at all."""
    from django.contrib.auth import get_user_model
    from django.db import transaction

    if get_user_model().objects.exists():
        return
    print("Loading the sample company …", file=sys.stderr, flush=True)
    from desagravo.operations import sample

    with transaction.atomic():
        # The sign-ins are on the disk before anybody can sign in: a crash between the two leaves no locked door.
        _keep_sign_ins(sample.load())


def _keep_sign_ins(sign_ins: list[dict[str, str]]) -> None:
    handle = os.open(sign_ins_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(sign_ins, file, ensure_ascii=False)


def _starter_departments() -> None:
    """A new organisation begins with the departments of the rulebook; one that has its own keeps them."""
    from desagravo.common.actor import SYSTEM
    from desagravo.departments import actions, queries
    from desagravo.rulebook import queries as rulebook

    if not queries.department_names():
        actions.establish_departments(rulebook.department_texts(), actor=SYSTEM)


def _one_time_code() -> None:
    """While nobody is an administrator, each start makes a new code; afterwards none is right any more."""
    from desagravo.common import one_time_code
    from desagravo.departments import queries

    folder = Path(os.environ["DESAGRAVO_DATA"])
    if not queries.may_be_set_up():
        one_time_code.forget(folder)
    elif code_digest := os.environ.pop("DESAGRAVO_SETUP_CODE_DIGEST", ""):
        one_time_code.keep(folder, code_digest)
