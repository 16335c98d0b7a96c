"""Checkpoints from outside: the worker's tick, the mail to the auditor, `desagravo checkpoint`."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import django

AT_ONCE = 20
"""Mails that one turn orders."""


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


def tick(now: datetime) -> int:
    """Make and publish what is due; tell the auditor. How many were made."""
    from desagravo.history import checkpoints

    made = len(checkpoints.make_due(now))
    _mail()
    return made


def run(*, as_json: bool, show: bool, new_key: bool, give_up: bool) -> int:
    """`desagravo checkpoint`. Raises Refused."""
    django.setup()
    from desagravo.history import checkpoints, witness_keys

    if show:
        _show(as_json=as_json)
        return 0
    try:
        if new_key:
            key = witness_keys.replace(checkpoints.keys_folder())
            print(f"From now on checkpoints are signed with the key {key}.", file=sys.stderr)
        made = checkpoints.make(give_up=give_up)
        checkpoints.publish()
    except checkpoints.Behind as problem:
        raise Refused(
            f"checkpoint {problem.published} was published in {checkpoints.folder()}, and this database knows only "
            f"{problem.known}: it is an older copy. If a backup was restored on purpose, say so with --give-up."
        ) from None
    except checkpoints.Contradicted as problem:
        raise Refused(
            f"the published file of checkpoint {problem.args[0]} says something else than the database. "
            "desagravo verify says more."
        ) from None
    except witness_keys.NoKey as problem:
        raise Refused(f"the key {problem} is gone. Bring it back from a backup.") from None
    except OSError as problem:
        raise Refused(f"the checkpoint could not be published in {checkpoints.folder()}: {problem}") from None
    _say(made.payload if made else "", as_json=as_json)
    return 0


def _say(payload: str, *, as_json: bool) -> None:
    if as_json:
        print(payload or "null")
        return
    if not payload:
        print("Nothing has happened since the last checkpoint.")
        return
    told = json.loads(payload)
    print(f"Checkpoint {told['number']}: events {told['first']} to {told['last']}, root {told['root']}.")


def _show(*, as_json: bool) -> None:
    from desagravo.history import checkpoints

    found = checkpoints.listing()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for told in found:
        print(f"{told['number']:>8}  {told['made_at'][:19]}Z  events {told['first']} to {told['last']}  {told['root']}")
    if not found:
        print("There is no checkpoint yet.")


def _mail() -> None:
    """Order a mail to the auditor for each published file, once; it leaves as every mail to the house does.

    Who is named as auditor later begins with the newest file: each is bound to all before it.
    """
    from django.conf import settings

    from desagravo.common import post
    from desagravo.history import checkpoints

    address = settings.DESAGRAVO_AUDITOR_EMAIL
    newest = checkpoints.newest_published() if address and not settings.DESAGRAVO_DEMO else 0
    if not newest:
        return
    ordered = post.last_key("checkpoint").removeprefix("checkpoint ")
    first = int(ordered) + 1 if ordered else newest
    for number in range(first, min(newest, first + AT_ONCE - 1) + 1):
        path = checkpoints.folder() / checkpoints.file_name(number)
        if path.is_file():
            values = {"number": str(number), "text": path.read_text(encoding="utf-8")}
            post.mail("checkpoint", to=address, values=values, key=f"checkpoint {number}")
