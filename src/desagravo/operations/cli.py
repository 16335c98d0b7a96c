"""The command `desagravo`. Django is loaded only by the commands that need it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from desagravo.operations import family
from desagravo.operations.backup import commands as backups
from desagravo.operations.backup.refusals import BackupProblem
from desagravo.settings.surroundings import default_data_folder


class Refused(Exception):
    """The command cannot be carried out; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 for done, 1 for a refusal or a broken chain, 2 for words not understood."""
    asked = _parser().parse_args(arguments)
    os.umask(0o077)  # whatever the product writes is for its own account only: the database holds everything
    if parent := os.environ.pop(family.PARENT, ""):
        family.end_with_parent(int(parent))
    _surroundings(asked)
    command: Callable[[argparse.Namespace], int] = asked.command
    try:
        return command(asked)
    except (Refused, BackupProblem) as problem:
        print(f"desagravo: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="desagravo", description="Complaints, from the signed form to the signed closure."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.add_argument("--data", type=Path, metavar="DIR", help="folder of the data")
        sub.set_defaults(command=does, name=name)
        return sub

    for name, words in {
        "demo": "Start the product with a sample company.",
        "start": "Start the product.",
    }.items():
        sub = command(name, _run, words)
        sub.add_argument("--port", type=int, metavar="N", help="port of the pages (8000, or the next free one)")
        sub.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        sub.add_argument("--json", action="store_true", help="print one line of JSON when ready")
        sub.add_argument("--node", metavar="NAME", help="name of this node, where several work on one PostgreSQL")
        part = sub.add_mutually_exclusive_group()
        part.add_argument("--web-only", action="store_true", help="serve the pages; a worker runs elsewhere")
        part.add_argument("--worker-only", action="store_true", help="work; the pages are served elsewhere")
    sub = command("verify", _verify, "Check that the history is whole; exit code 1 if it is not.")
    sub.add_argument("--json", action="store_true", help="print the result as JSON")
    _more_of_verify(sub)
    sub = command("checkpoint", _checkpoint, "Sign what has happened and publish it (done every 15 minutes as well).")
    sub.add_argument("--list", action="store_true", help="only list the checkpoints there are")
    sub.add_argument("--new-key", action="store_true", help="sign with a new key from now on")
    sub.add_argument("--give-up", action="store_true", help="a backup was restored: later checkpoints no longer count")
    sub.add_argument("--json", action="store_true", help="print the result as JSON")
    sub = command("verify-export", _verify_export, "Check what somebody was given about a case. Needs no database.")
    sub.add_argument("file", type=Path, metavar="FILE", help="JSON file with the proofs of a case")
    sub.add_argument("--checkpoints", type=Path, metavar="DIR", help="compare with the checkpoints published here")
    sub.add_argument("--json", action="store_true", help="print the result as JSON")
    sub = command("deadlines", _deadlines, "Compute the time limits of cases in a file. Needs no database.")
    sub.add_argument("file", type=Path, metavar="FILE", help="JSON file in the format of docs/rulebooks.md")
    sub = command("import-cases", _import_cases, "Load complaints from a file.")
    sub.add_argument("file", type=Path, metavar="FILE", help="CSV, also compressed with gzip")
    sub.add_argument("--mapping", required=True, metavar="NAME", help="how the columns are to be read: cfpb")
    sub.add_argument("--report", type=Path, help="write the rows that were not taken, and why, to this file")
    sub.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    sub = command("add-person", _add_person, "Let a colleague sign in; the password is asked for.")
    sub.add_argument("--email", required=True, help="address with which the person signs in")
    sub.add_argument("--name", required=True, help="name as it stands under letters")
    sub.add_argument(
        "--role",
        action="append",
        required=True,
        metavar="ROLE",
        help="role, several times for several; a contact with the department, for instance contact:finance",
    )
    sub.add_argument(
        "--language", default="en", choices=["en", "pt-pt", "pt-br", "es"], help="language of the screens (en)"
    )
    backups.add_to(command)
    command("migrate", _prepare, "Bring the database up to date.")
    command("work", _work, "Work off what is due (started by demo and start).")
    return parser


def _more_of_verify(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--checkpoints", type=Path, metavar="DIR", help="folder of the published checkpoints")
    sub.add_argument("--since", type=int, default=0, metavar="N", help="trust the events up to number N")
    sub.add_argument("--trust", action="append", default=[], metavar="KEY", help="trust this key of checkpoints")
    sub.add_argument("--letter", metavar="SIGNS", help="the 16 signs under a letter: is its event in the history?")
    sub.add_argument("--checkpoint", type=int, metavar="N", help="the checkpoint's number under that letter")


def _surroundings(asked: argparse.Namespace) -> None:
    """What settings read from the environment, from the options of the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desagravo.settings.base")
    if asked.name == "demo":
        os.environ["DESAGRAVO_DEMO"] = "1"
    folder = asked.data or os.environ.get("DESAGRAVO_DATA")
    if not folder:
        folder = default_data_folder("demo" if asked.name == "demo" else "own")
    os.environ["DESAGRAVO_DATA"] = str(Path(folder).expanduser().absolute())


def _run(asked: argparse.Namespace) -> int:
    from desagravo.operations import processes

    if asked.node:
        os.environ["DESAGRAVO_NODE"] = asked.node
    if asked.web_only or asked.worker_only:
        os.environ["DESAGRAVO_PARTS"] = "web" if asked.web_only else "worker"
    try:
        return processes.run(demo=asked.name == "demo", host=asked.host, port=asked.port, as_json=asked.json)
    except processes.CannotStart as problem:
        raise Refused(str(problem)) from problem


def _prepare(asked: argparse.Namespace) -> int:
    from desagravo.operations import prepare

    prepare.prepare(demo=os.environ.get("DESAGRAVO_DEMO") == "1")
    return 0


def _deadlines(asked: argparse.Namespace) -> int:
    from desagravo.operations.deadlines import command

    return command.run(asked.file)


def _work(asked: argparse.Namespace) -> int:
    from desagravo.operations import work

    return work.run()


def _add_person(asked: argparse.Namespace) -> int:
    from desagravo.operations import prepare

    prepare.prepare(demo=os.environ.get("DESAGRAVO_DEMO") == "1")
    from desagravo.operations import people

    try:
        words = people.add(email=asked.email, name=asked.name, roles=asked.role, language=asked.language)
    except people.NotAdded as problem:
        raise Refused(str(problem)) from None
    print(words)
    return 0


def _verify(asked: argparse.Namespace) -> int:
    from desagravo.operations import verifying

    folder = Path(os.environ["DESAGRAVO_DATA"])
    if not folder.is_dir():
        raise Refused(f"there is no data in {folder}. Name the folder with --data DIR.")
    try:
        if asked.letter is not None:
            if asked.checkpoint is None:
                raise Refused("give the number of the checkpoint that stands under the letter: --checkpoint N.")
            return verifying.letter(
                asked.letter, checkpoint=asked.checkpoint, published=asked.checkpoints, as_json=asked.json
            )
        return verifying.run(
            as_json=asked.json, published=asked.checkpoints, since=asked.since, trusted=frozenset(asked.trust)
        )
    except verifying.NeverStarted:
        raise Refused(f"the product of the folder {folder} has never been started.") from None


def _checkpoint(asked: argparse.Namespace) -> int:
    from desagravo.operations import checkpointing

    folder = Path(os.environ["DESAGRAVO_DATA"])
    if not folder.is_dir():
        raise Refused(f"there is no data in {folder}. Name the folder with --data DIR.")
    try:
        return checkpointing.run(as_json=asked.json, show=asked.list, new_key=asked.new_key, give_up=asked.give_up)
    except checkpointing.Refused as problem:
        raise Refused(str(problem)) from None


def _verify_export(asked: argparse.Namespace) -> int:
    from desagravo.operations import export_checking

    return export_checking.run(asked.file, folder=asked.checkpoints, as_json=asked.json)


def _import_cases(asked: argparse.Namespace) -> int:
    from desagravo.operations import importing, prepare

    if problem := importing.not_understood(asked.file, asked.mapping):
        print(f"desagravo: {problem}", file=sys.stderr)
        return importing.NOT_THIS
    prepare.prepare(demo=False)
    return importing.run(asked.file, mapping=asked.mapping, report=asked.report, as_json=asked.json)
