"""What somebody was told, as a page or a mail shows it: a sentence in the reader's language, and where to look."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from desagravo.cases.actions.notify import COUNTED
from desagravo.cases.limit_names import limit_name
from desagravo.cases.models.notice import Notice
from desagravo.cases.queries.visible import confidential_to, consultations_for, visible_to
from desagravo.common.actor import Actor
from desagravo.common.dates import day
from desagravo.departments import queries as departments
from desagravo.departments.queries import Told
from desagravo.history import queries as history

PAGE: Final = 50
MOST_NOTICES: Final = 99
_DIGEST_AT: Final = time(8, 0)
_SATURDAY: Final = 5
BUNDLE: Final = timedelta(seconds=60)
"""So long a notice waits for others, to be one mail with them."""

_SENTENCES: Final[dict[str, Any]] = {
    "assigned": _("%(by)s put you in charge of %(case)s."),
    "asked": _("%(by)s asks your department something about %(case)s."),
    "moved": _("An open question about %(case)s came over to your department."),
    "nobody_answers": _("%(department)s was asked about %(case)s, and nobody answers for it yet."),
    "answered": _("%(department)s answered your question about %(case)s."),
    "declined": _("%(department)s declined to answer your question about %(case)s."),
    "approval_wanted": _("%(by)s asks for approval of the answer to %(case)s."),
    "returned": _("%(by)s returned your answer to %(case)s with a comment."),
    "approved": _("%(by)s approved your answer to %(case)s."),
    "held_back": _("The answer to %(case)s was held back."),
    "message_held_back": _("A message on %(case)s was held back: a backup was restored."),
    "came_back": _("%(case)s is back: a follow-up is due."),
    "customer_wrote": _("The customer wrote on %(case)s."),
    "contested": _("The customer says that %(case)s is not settled."),
    "withdrawn": _("%(case)s was withdrawn."),
    "reopened": _("%(by)s reopened %(case)s."),
    "undeliverable": _("A mail to the customer of %(case)s could not be delivered."),
    "retention_due": _("Once a year: look at which cases need not be kept any longer."),
    "went_outside": _("%(case)s lies before a body outside."),
    "outside_ended": _("The body outside is done with %(case)s."),
    "second_stage": _("%(by)s gave you %(case)s for a second look."),
    "mentioned": _("%(by)s mentioned you in a note on %(case)s."),
    "glass_broken": _("%(by)s opened %(case)s without being on its list, for 24 hours."),
    "limit_near": _("“%(limit)s” on %(case)s ends on %(day)s."),
    "limit_missed": _("“%(limit)s” on %(case)s has passed. Say why, and finish what it asks for."),
}
_OF_LIMITS: Final = ("limit_near", "limit_missed")
_TO_ANSWER: Final = ("asked", "moved")
"""Notices that lead to a question and not to its case."""
_GLASS_SOMEWHERE: Final = _("%(by)s opened a confidential case without being on its list, for 24 hours.")
_NOBODY_SOMEWHERE: Final = _("%(department)s was asked something, and nobody answers for it yet.")
_TO_NAME_A_CONTACT: Final = "/administration/people/"
_COUNTED: Final[dict[str, Any]] = {
    "assigned": ngettext_lazy("You are in charge of %(n)s more case.", "You are in charge of %(n)s more cases.", "n"),
    "asked": ngettext_lazy(
        "Your department was asked %(n)s question.", "Your department was asked %(n)s questions.", "n"
    ),
    "approval_wanted": ngettext_lazy("%(n)s answer waits for approval.", "%(n)s answers wait for approval.", "n"),
    "came_back": ngettext_lazy("%(n)s case is back.", "%(n)s cases are back.", "n"),
}
_LISTS: Final = {
    "assigned": "/desk/inbox/mine/",
    "asked": "/desk/questions/",
    "approval_wanted": "/desk/inbox/approvals/",
    "came_back": "/desk/inbox/came_back/",
}

_HELD_BACK_BY: Final = _("%(by)s held back your answer to %(case)s before it left.")


@dataclass(frozen=True)
class NoticeRow:
    """One line. ``path`` is where to look; empty where its person may no longer look there."""

    id: int
    kind: str
    sentence: str
    path: str
    at: datetime
    unread: bool


@dataclass(frozen=True)
class Notices:
    """A page of lines, newest first; ``before`` leads to the older ones, ``newest`` is the first line's number."""

    rows: list[NoticeRow]
    before: int | None
    newest: int


@dataclass(frozen=True)
class ToMail:
    """Lines that become one mail to one person."""

    person: Told
    rows: list[NoticeRow]


def notices(actor: Actor, *, before: int | None = None) -> Notices:
    """What this person was told, from the line with the number ``before`` downwards."""
    found = _shown_to(actor).order_by("-pk")
    found = found.filter(pk__lt=before) if before else found
    shown = list(found[: PAGE + 1])
    rows = rows_of(shown[:PAGE], actor)
    return Notices(rows, shown[PAGE - 1].pk if len(shown) > PAGE else None, shown[0].pk if shown else 0)


def notice_row(actor: Actor, notice: Notice) -> NoticeRow:
    """One line of this person, as the page shows it."""
    return rows_of([notice], actor)[0]


def unread_notices(actor: Actor) -> int:
    """How many lines this person has not seen, counted up to one more than the page says. One indexed query."""
    unread = _shown_to(actor).filter(read_at=None)
    return len(unread.values_list("pk", flat=True)[: MOST_NOTICES + 1])


def _shown_to(actor: Actor) -> QuerySet[Notice]:
    """This person's lines, without those about a case that was made confidential since and that they may not know of.

    A question that may still be answered stays, and that somebody broke the glass is told without the case.
    """
    hidden = Exists(confidential_to(actor).filter(number=OuterRef("case_number")))
    asked = consultations_for(actor).filter(case__confidential=True)
    asked = asked.annotate(key=Cast("pk", CharField())).filter(key=OuterRef("subject_id"))
    told_anyway = Q(kind__in=("glass_broken", "nobody_answers")) | (Q(kind__in=_TO_ANSWER) & Q(Exists(asked)))
    return Notice.objects.filter(told_anyway | ~hidden, person_id=int(actor.id))


def rows_of(found: list[Notice], actor: Actor) -> list[NoticeRow]:
    """The lines in the active language. Four queries for any number of them."""
    events = history.numbered(each.event_seq for each in found)
    who = departments.names(view.actor_id for view in events.values() if view.actor_kind == "staff")
    names = departments.department_names() if any(each.subject_kind == "consultation" for each in found) else {}
    visible = set(
        visible_to(actor).filter(number__in={each.case_number for each in found}).values_list("number", flat=True)
    )
    asked = {each.subject_id for each in found if each.kind in _TO_ANSWER}
    questions = {str(key) for key in consultations_for(actor).filter(pk__in=asked).values_list("pk", flat=True)}
    rows = []
    for each in found:
        view = events.get(each.event_seq)
        by = who.get(view.actor_id, "") if view else ""
        department = names.get(view.department, view.department) if view else ""
        rows.append(
            NoticeRow(
                id=each.pk,
                kind=each.kind,
                sentence=_of_limit(each, view)
                or _sentence(each, by or _otherwise(view), department, known=each.case_number in visible),
                path=_path(each, visible, questions, by=view.actor_id if view else "")
                or (_TO_NAME_A_CONTACT if each.kind == "nobody_answers" and actor.has("administrator") else ""),
                at=each.at,
                unread=each.read_at is None,
            )
        )
    return rows


def _otherwise(view: history.EventView | None) -> str:
    return str(_("The customer")) if view and view.actor_kind == "customer" else "Desagravo"


def _of_limit(notice: Notice, view: history.EventView | None) -> str:
    """Of a time limit: which one, and its last day."""
    if notice.kind not in _OF_LIMITS or view is None:
        return ""
    policy, key = getattr(view.facts, "policy", ""), getattr(view.facts, "key", "")
    bound = datetime.fromisoformat(getattr(view.facts, "due", "")) - timedelta(seconds=1)
    told = {"limit": limit_name(policy, key), "case": notice.case_number, "day": day(bound)}
    return str(_SENTENCES[notice.kind]) % told


def _sentence(notice: Notice, by: str, department: str, *, known: bool) -> str:
    if notice.kind == "held_back" and by not in {"Desagravo", str(_("The customer"))}:
        return str(_HELD_BACK_BY % {"by": by, "case": notice.case_number})
    if notice.count > 1 and notice.kind in _COUNTED:
        return str(_COUNTED[notice.kind] % {"n": notice.count})
    if notice.kind == "glass_broken" and not known:
        return str(_GLASS_SOMEWHERE % {"by": by})
    if notice.kind == "nobody_answers" and not known:
        return str(_NOBODY_SOMEWHERE % {"department": department})
    words = _SENTENCES.get(notice.kind, _("Something happened on %(case)s."))
    return str(words) % {"by": by, "case": notice.case_number, "department": department}


def _path(notice: Notice, visible: set[str], questions: set[str], *, by: str) -> str:
    if notice.count > 1:
        return _LISTS.get(notice.kind, "/desk/") if notice.kind in COUNTED else "/desk/"
    if notice.kind in _TO_ANSWER:
        return f"/desk/questions/{notice.subject_id}/" if notice.subject_id in questions else ""
    if notice.case_number not in visible:
        if notice.kind == "retention_due":
            return "/desk/privacy/retention/"
        return f"/desk/looks/?person={by}" if notice.kind == "glass_broken" and by else ""
    mark = f"#m{notice.subject_id}" if notice.subject_kind == "message" else ""
    return f"/desk/cases/{notice.case_number}/{_PAGE_OF.get(notice.kind, mark)}"


_PAGE_OF: Final = {
    "glass_broken": "confidentiality/",
    "went_outside": "outside/",
    "outside_ended": "outside/",
    **dict.fromkeys(_OF_LIMITS, "limits/"),
}


def people_to_mail(now: datetime) -> list[Told]:
    """Those for whom something waits that is due to be mailed now: at once after a minute, or in the morning."""
    first: dict[int, datetime] = {}
    for person, at in Notice.objects.filter(to_mail=True).order_by("-pk").values_list("person_id", "at")[:5000]:
        first[person] = min(at, first.get(person, at))
    told = departments.told(str(each) for each in first)
    return [each for each in told.values() if first[int(each.id)] <= due_since(each, now)]


def to_mail(person: Told, now: datetime) -> ToMail:
    """What is mailed to this person now, in the active language; what came after the hour of a digest waits."""
    found = Notice.objects.filter(person_id=int(person.id), to_mail=True).order_by("pk")
    if person.notices == "digest":
        found = found.filter(at__lte=due_since(person, now))
    actor = departments.actor_for(departments.person(person.id))
    return ToMail(person, rows_of(list(found[:500]), actor))


def due_since(person: Told, now: datetime) -> datetime:
    """What is older than this is mailed now: a minute for those who want each, the last 08:00 of a working day for
    those who want one mail a day; for the others nothing."""
    if person.notices == "at_once":
        return now - BUNDLE
    if person.notices != "digest":
        return datetime.min.replace(tzinfo=now.tzinfo)
    there = now.astimezone(ZoneInfo(person.time_zone))
    day = there.date() if there.time() >= _DIGEST_AT else there.date() - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return datetime.combine(day, _DIGEST_AT, there.tzinfo)


def summary(rows: list[NoticeRow]) -> str:
    """How many there are, as the subject of a mail says it."""
    return ngettext("%(n)s notice for you", "%(n)s notices for you", len(rows)) % {"n": len(rows)}
