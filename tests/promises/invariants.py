"""What must hold after whatever happened, as one function (the invariants I1 to I12 of the design).

I7, mails that come in, is for the day on which mails come in. A test that knows what was accepted outside the product
says so; everything else is asked of the database and the folder themselves, in a process of its own::

    assert broken(data, url, accepted={"2026-00001": "its words"}, taken=[("<message-id>", "text")]) == []
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.product import bare_environment

LONG_ENOUGH = 12
"""Signs of an internal text from which finding it in a mail is no coincidence."""


def broken(
    data: Path,
    database_url: str = "",
    *,
    accepted: Mapping[str, str] | None = None,
    taken: Sequence[tuple[str, str]] = (),
    at_rest: bool = True,
) -> list[str]:
    """Each invariant that does not hold, with what is wrong; nothing if all hold.

    ``accepted`` are the complaints that were answered: number → description. ``taken`` are the mails that the mail
    server took: Message-ID and text. ``at_rest``: all work was done, so none may be left over.
    """
    surroundings = bare_environment(database_url)
    surroundings |= {"DJANGO_SETTINGS_MODULE": "desagravo.settings.base", "DESAGRAVO_DATA": str(data)}
    told = json.dumps({"accepted": accepted, "taken": list(taken), "at_rest": at_rest})
    done = subprocess.run(
        [sys.executable, "-m", "tests.promises.invariants"],
        env=surroundings,
        cwd=Path(__file__).resolve().parents[2],
        input=told,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def accepted_once(told: Mapping[str, Any]) -> Iterator[str]:
    """I1 and I2: what was answered is there once, what was not is there whole or not at all."""
    from desagravo.cases.models import ComplaintForm, Submission

    there = dict(ComplaintForm.objects.filter(version=1).values_list("case__number", "description"))
    for number, words in (told["accepted"] or {}).items():
        if there.get(number) != words:
            yield f"{number} was accepted and is {'another' if number in there else 'gone'}"
    if told["accepted"] is not None:
        yield from (f"{times} cases say {words!r}" for words, times in Counter(there.values()).items() if times > 1)
    if told["at_rest"]:
        unopened = Submission.objects.filter(case=None).count()
        yield from [f"{unopened} submissions have no case"] if unopened else []


def sent_once(told: Mapping[str, Any]) -> Iterator[str]:
    """I3: no mail twice, by Message-ID and by content; none that is being sent for ever."""
    from desagravo.channels.mail.models import OutgoingMail

    ids = Counter(each for each, _text in told["taken"])
    texts = Counter(text for _id, text in told["taken"])
    yield from (f"{each} was taken {times} times" for each, times in ids.items() if times > 1)
    yield from (f"one text was taken {times} times: {text[:80]!r}" for text, times in texts.items() if times > 1)
    unknown = set(ids) - set(OutgoingMail.objects.values_list("message_id", flat=True))
    yield from (f"{each} was taken and is unknown" for each in sorted(unknown))
    if told["at_rest"]:
        sending = OutgoingMail.objects.filter(state="sending").count()
        yield from [f"{sending} mails are still being sent"] if sending else []


def on_the_path(_told: Mapping[str, Any]) -> Iterator[str]:
    """I4: every event of a case is a step that the path has in the status that the case was in."""
    from desagravo.cases.lifecycle import PATH
    from desagravo.history.models import Event

    steps: dict[str, list[Any]] = {}
    for step in PATH:
        steps.setdefault(step.event, []).append(step)
    status: dict[str, str] = {}
    events = Event.objects.exclude(case_number="").order_by("seq").values_list("seq", "case_number", "kind")
    for seq, number, kind in events.iterator():
        now = status.get(number, "")
        fitting = [step for step in steps.get(kind, ()) if now in step.leaves]
        if kind in steps and not fitting:
            yield f"event {seq}: {number} was {now or 'not there'}, and {kind} happened"
        status[number] = next((step.reaches for step in fitting if step.reaches), now)


def chained(_told: Mapping[str, Any]) -> Iterator[str]:
    """I5: events of a case are numbered without gaps, the chain and the checkpoints verify."""
    from django.db.models import Count, Max

    from desagravo.cases.models import Case
    from desagravo.history.models import Event
    from desagravo.history.verify import verify

    rows = Event.objects.exclude(case_number="").values("case_number").annotate(last=Max("n"), there=Count("seq"))
    yield from (f"events of {row['case_number']} have gaps" for row in rows if row["last"] != row["there"])
    report = verify()
    if not report.ok:
        yield f"verify: {report}"
    by_year: dict[str, list[int]] = {}
    for number in Case.objects.values_list("number", flat=True):
        year, _, place = number.partition("-")
        by_year.setdefault(year, []).append(int(place))
    for year, places in by_year.items():
        if sorted(places) != list(range(1, len(places) + 1)):
            yield f"the numbers of {year} have gaps or stand twice"


def files_there(_told: Mapping[str, Any]) -> Iterator[str]:
    """I6: every row's file is there with its size and SHA-256; no file older than a day belongs to nobody."""
    from desagravo.cases.models import Attachment, Document
    from desagravo.common import files

    sweep = importlib.import_module("desagravo.cases.actions.sweep")
    rows: list[Any] = [*Attachment.objects.filter(redacted_at=None), *Document.objects.exclude(stored="")]
    for row in rows:
        if not row.stored:
            continue
        try:
            content = files.read(row.stored)
        except OSError:
            yield f"the file of {row} is gone"
            continue
        if (len(content), sha256(content).hexdigest()) != (row.size, row.sha256):
            yield f"the file of {row} is another"
    old = {path.name for path in sweep._old_files(time.time() - sweep.OLD.total_seconds() - 3600)}
    for name in sorted(old - sweep._named(old)):
        yield f"the file {name} belongs to nobody"


def due_once(_told: Mapping[str, Any]) -> Iterator[str]:
    """I8: what waits for its moment has exactly one live piece of work; what has ended has none."""
    from desagravo.cases.models import Message, Response
    from desagravo.history.models import Delivery

    live = Delivery.objects.filter(state__in=("waiting", "leased"))
    for count, words in (
        (live.filter(due_at=None).count(), "wait and are never due"),
        (Delivery.objects.exclude(state__in=("waiting", "leased")).exclude(due_at=None).count(), "ended and are due"),
    ):
        yield from [f"{count} {words}"] if count else []
    twice = Counter(Delivery.objects.values_list("event_id", "subscriber"))
    yield from (f"{key} stands {times} times" for key, times in twice.items() if times > 1)
    leaving = [*Response.objects.filter(state="leaving").values_list("case__number", flat=True)]
    on_their_way = Message.objects.filter(kind="to_customer", held_back_at=None).exclude(leaves_at=None)
    leaving += on_their_way.values_list("case__number", flat=True)
    for number in leaving:
        if not live.filter(event__case_number=number).exists():
            yield f"what waits to leave of {number} has nobody who sends it"


def signed_by_another(_told: Mapping[str, Any]) -> Iterator[str]:
    """I9: whoever approved or signed what is major did not write it, or said why nobody else could."""
    from desagravo.cases.models import Response, SignOff
    from desagravo.departments.models import Person

    for answer in Response.objects.filter(state="sent", case__severity="major").exclude(decided_by=None):
        if str(answer.decided_by_id) in map(str, answer.authors) and not answer.alone_reason.strip():
            yield f"{answer} was approved by who wrote it"
    for section in SignOff.objects.filter(case__severity="major").exclude(response=None).select_related("response"):
        assert section.response
        if str(section.signer_id) in map(str, section.response.authors) and not section.alone_reason.strip():
            yield f"{section} was signed by who wrote the answer"
    known = set(Person.objects.values_list("pk", flat=True))
    yield from (f"{each} was signed by nobody" for each in SignOff.objects.all() if each.signer_id not in known)


def nothing_internal(_told: Mapping[str, Any]) -> Iterator[str]:
    """I10: no internal text stands in anything that left."""
    from desagravo.cases.models import Case, Message
    from desagravo.channels.mail.models import OutgoingMail

    notes = dict(Case.objects.values_list("number", "pk"))
    internal: dict[int, list[str]] = {}
    for case, text in Message.objects.filter(kind="note").values_list("case_id", "body"):
        internal.setdefault(case, []).append(text.strip())
    mails = OutgoingMail.objects.filter(to_house=False).values_list("message_id", "case_number", "subject", "body")
    for name, number, subject, body in mails.iterator():
        for text in internal.get(notes.get(number, 0), ()):
            if len(text) >= LONG_ENOUGH and text in f"{subject}\n{body}":
                yield f"{name} holds the note {text[:40]!r}"


def rebuilt(_told: Mapping[str, Any]) -> Iterator[str]:
    """I11: what is derived is what the events give: the status (I5 verifies it, too) and the search."""
    from desagravo.cases import search
    from desagravo.cases.lifecycle import replay
    from desagravo.cases.models import Case
    from desagravo.cases.search.words import words_of
    from desagravo.history.models import Event

    kinds: dict[str, list[str]] = {}
    for number, kind in Event.objects.exclude(case_number="").order_by("seq").values_list("case_number", "kind"):
        kinds.setdefault(number, []).append(kind)
    for case in Case.objects.filter(erased_at=None):
        if replay(kinds.get(case.number, ())) != case.status:
            yield f"{case.number} is {case.status}, and its events say {replay(kinds.get(case.number, ()))}"
    newest = (
        Case.objects.filter(erased_at=None, forms__version=1)
        .order_by("-pk")
        .values_list("pk", "forms__description", named=False)[:50]
    )
    for key, description in newest:
        words = " ".join(words_of(description)[:6])
        if words and key not in search.newest(Case.objects.filter(pk=key), words, limit=1):
            yield f"case {key} is not found by its own words"


def sound(told: Mapping[str, Any]) -> Iterator[str]:
    """I12: the database is whole by its own account, and no work is left in anybody's hands."""
    from django.db import connection

    from desagravo.history.models import Delivery

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for pragma, well in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
                cursor.execute(f"PRAGMA {pragma}")
                if (rows := cursor.fetchall()) != well:
                    yield f"{pragma}: {rows[:5]}"
        else:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND state LIKE 'idle in transaction%' AND now() - state_change > interval '60 seconds'"
            )
            if hanging := cursor.fetchone()[0]:
                yield f"{hanging} transactions hang"
            cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'")
            if cursor.fetchone()[0]:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
                cursor.execute(
                    "SELECT count(bt_index_check(c.oid, true)) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                    "JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace "
                    "WHERE a.amname = 'btree' AND n.nspname = current_schema() AND i.indisvalid"
                )
    if told["at_rest"] and (leased := Delivery.objects.filter(state="leased").count()):
        yield f"{leased} pieces of work are in somebody's hands"


INVARIANTS: dict[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "I1, I2": accepted_once,
    "I3": sent_once,
    "I4": on_the_path,
    "I5": chained,
    "I6": files_there,
    "I8": due_once,
    "I9": signed_by_another,
    "I10": nothing_internal,
    "I11": rebuilt,
    "I12": sound,
}


def main() -> None:
    import django

    django.setup()
    told = json.load(sys.stdin)
    print(json.dumps([f"{name}: {words}" for name, check in INVARIANTS.items() for words in check(told)]))


if __name__ == "__main__":
    main()
