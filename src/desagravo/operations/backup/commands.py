"""The commands `backup`, `backup-key`, `restore` and `restore-drill`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desagravo.operations.backup import aside
from desagravo.operations.backup.refusals import BackupProblem
from desagravo.operations.backup.sealed import Secret

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_to(command: Add) -> None:
    """Put the commands into the parser."""
    sub = command("backup", _backup, "Write a backup; the product may be running.")
    sub.add_argument("--to", type=Path, metavar="PLACE", help="folder, or new file NAME.backup (DATA/backups)")
    sub.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N backups of that folder")
    sub.add_argument("--without-keys", action="store_true", help="leave the folder of the keys out")
    sub.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    _secret(sub, "key that the backup is encrypted for; the public half (.pub) is enough")
    sub = command("backup-key", _key, "Make a key for encrypted backups.")
    sub.add_argument("file", type=Path, metavar="FILE", help="new file for the private key; FILE.pub beside it")
    sub = command("restore", _restore, "Put a backup in the place of the data; the product must not run.")
    sub.add_argument("file", type=Path, metavar="FILE", help="the backup")
    sub.add_argument("--database", metavar="URL", help="database to restore to (DESAGRAVO_DATABASE_URL)")
    sub.add_argument("--force", type=int, metavar="N", help="also over a newer database, which ends with event N")
    sub.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    _secret(sub, "private key that opens the backup")
    sub = command("restore-drill", _drill, "Restore a backup for trial, compare, verify, and throw it away.")
    sub.add_argument("file", type=Path, metavar="FILE", help="the backup")
    sub.add_argument("--database", metavar="URL", help="PostgreSQL to try it on (DESAGRAVO_DATABASE_URL)")
    sub.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    _secret(sub, "private key that opens the backup")
    command("load-backup", _load, "Fill and check an unpacked backup (started by restore).")


def _secret(sub: argparse.ArgumentParser, words: str) -> None:
    either = sub.add_mutually_exclusive_group()
    either.add_argument("--key", type=Path, metavar="FILE", help=words)
    either.add_argument("--passphrase-file", type=Path, metavar="FILE", help="file that holds a passphrase")


def _backup(asked: argparse.Namespace) -> int:
    import django

    data = _data()
    if not data.is_dir():
        raise BackupProblem(f"there is no data in {data}. Name the folder with --data DIR.")
    django.setup()
    from django.db import connection

    from desagravo.operations.backup import making

    if "history_chainhead" not in connection.introspection.table_names():
        raise BackupProblem(f"the product of the folder {data} has never been started.")
    to = asked.to or data / "backups"
    if not asked.to:
        to.mkdir(mode=0o700, exist_ok=True)
    made = making.make(
        data, to.absolute(), secret=Secret(asked.key, asked.passphrase_file), keys=not asked.without_keys
    )
    if asked.keep:
        making.keep_newest(made.file.parent, asked.keep, but=made.file)
    if asked.json:
        print(json.dumps(made.as_json()))
    else:
        print(f"{made.file}: {made.bytes / 2**20:.1f} MB, up to event {made.event}, {made.files} files.")
    for warning in made.warnings():
        print(f"desagravo: {warning}", file=sys.stderr)
    return 1 if made.gone or made.damaged else 0


def _key(asked: argparse.Namespace) -> int:
    from desagravo.operations.backup import sealed

    name = sealed.make_key(asked.file)
    print(f"Key {name}: {asked.file} opens backups, {asked.file}.pub makes them.")
    print("Keep the first away from this machine. Without it no backup made for it can ever be read.")
    return 0


def _restore(asked: argparse.Namespace) -> int:
    from desagravo.operations.backup import restoring

    secret = Secret(asked.key, asked.passphrase_file)
    told = restoring.restore(asked.file.absolute(), _data(), url=_url(asked), secret=secret, force=asked.force)
    _tell(asked, told, f"Restored to event {told['event']}, the state of {told['made_at']}; the history is whole.")
    return 0


def _drill(asked: argparse.Namespace) -> int:
    from desagravo.operations.backup import restoring

    secret = Secret(asked.key, asked.passphrase_file)
    told = restoring.drill(asked.file.absolute(), _data(), url=_url(asked), secret=secret)
    _tell(
        asked, told, f"This backup can be restored: event {told['event']}, state of {told['made_at']}, history whole."
    )
    return 0


def _load(asked: argparse.Namespace) -> int:
    from desagravo.operations.backup import loading

    return loading.main(_data())


def _tell(asked: argparse.Namespace, told: dict[str, Any], sentence: str) -> None:
    if asked.json:
        print(json.dumps(told, default=str))
        return
    print(sentence)
    for name, count in told["held"].items():
        if count and name == "redactions":
            print(f"{count} redactions came undone: /desk/privacy/ lists them, a person takes the words out again.")
        elif count:
            print(f"{count} of {name} were on their way when the backup was made: a person decides whether they leave.")
    if told["erased_again"]:
        print(f"Erased again: {told['erased_again']}.")
    if not told["keys"]:
        print(
            f"The keys are not in this backup: those in {_data() / 'keys'} must be the ones of that time, "
            "or private links are lost. See to it before you start."
        )
    if told.get("kept"):
        words = f"It goes by itself after {aside.KEPT_DAYS} days; remove it earlier if you can."
        print(f"What was there before is in {told['kept']}. {words}")


def _data() -> Path:
    return Path(os.environ["DESAGRAVO_DATA"])


def _url(asked: argparse.Namespace) -> str:
    return asked.database or os.environ.get("DESAGRAVO_DATABASE_URL", "")
