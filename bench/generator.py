"""The data set of the figures (design: performance): N cases, 30 % open, written in batches, the chain whole.

A subject of 7 words and a message of 80, every second case one reply, 50 cases with 20 messages, one word in exactly
30 % of the cases and one in exactly 10. Nothing is left for the worker to do, so that it does not disturb.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import company as companies
from bench import words as vocabulary
from desagravo.cases import actions, search
from desagravo.cases.actions.respond import digest_of
from desagravo.cases.contents import content
from desagravo.cases.events import (
    ApprovalGranted,
    ApprovalRequested,
    CaseAnswered,
    CaseAssessed,
    CaseAssigned,
    CaseClosed,
    CaseReceived,
    WroteToCustomer,
)
from desagravo.cases.models import (
    Assessment,
    Case,
    ComplaintForm,
    Message,
    NumberSeries,
    Response,
    SignOff,
)
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.departments.queries import actor_for
from desagravo.history.actions import Entry, record_many
from desagravo.history.models import Delivery

BATCH = 1000
LONG_CASES = 50
LONG_MESSAGES = 20
CODES = {"outcome": ["upheld"], "relief": ["non_monetary"], "customer_position": ["accepted"], "cause": ["other"]}
RULES = {"minor": "triage.minor", "major": "triage.safety"}
CALM = {"law": "no", "safety": "no", "money": "no", "public": "no", "vip": "no"}


@dataclass
class Plan:
    """One case to be: its rows as they are made, its events in order."""

    row: Case
    text: str
    words: list[str]
    form: ComplaintForm | None = None
    entries: list[Entry] | None = None


def fill(count: int, note: Path) -> dict[str, Any]:
    """Fill an empty, migrated database; write what a run must know to ``note``."""
    from django.db import transaction

    started = time.monotonic()
    made = _Maker(count)
    for start in range(0, count, BATCH):
        with transaction.atomic():
            made.batch(range(start, min(start + BATCH, count)))
        if start % 10_000 == 0:
            print(f"{start + BATCH} of {count} cases, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    told = {
        "cases": count,
        "common": vocabulary.COMMON,
        "common_hits": made.common,
        "rare": vocabulary.RARE,
        "rare_hits": made.rare,
        "long_cases": made.long_cases,
        "agents": [each.email for each in made.company.agents],
        "supervisor": made.company.supervisor.email,
        "manager": made.company.manager.email,
        "password": companies.PASSWORD,
    }
    note.write_text(json.dumps(told, indent=1))
    return told


def fill_with_imported(note: Path) -> dict[str, Any]:
    """Fill an empty, migrated database with the real complaints, through the product's own import."""
    from desagravo.operations.importing import run

    company = companies.establish(50)
    for name in ("cfpb_complaints_2015q1", "cfpb_narratives_1000_llm"):
        run(Path("../shared/data") / f"{name}.csv.gz", mapping="cfpb")
    actor = actor_for(company.manager)
    everywhere: Counter[str] = Counter()
    for text in ComplaintForm.objects.values_list("description", flat=True):
        everywhere.update(set(search.words_of(text)))
    rare = next(word for word, hits in everywhere.items() if hits == 10 and len(word) > 6 and _hits(word) == 10)
    told = {
        "cases": Case.objects.count(),
        "common": "debt",
        "common_hits": _hits("debt"),
        "rare": rare,
        "rare_hits": 10,
        "long_cases": [],
        "agents": [each.email for each in company.agents],
        "supervisor": company.supervisor.email,
        "manager": company.manager.email,
        "password": companies.PASSWORD,
    }
    for number, case in enumerate(Case.objects.filter(status="received").order_by("-pk")[:200]):
        assessed = actions.assess(case, answers=CALM, actor=actor)
        actions.assign(assessed, to=str(company.agents[number % 10].pk), actor=actor)
    note.write_text(json.dumps(told, indent=1))
    return told


def _hits(word: str) -> int:
    return len(search.newest(Case.objects.all(), word, limit=1_000_000))


class _Maker:
    def __init__(self, count: int) -> None:
        self.count = count
        self.words = vocabulary.Words()
        self.company = companies.establish(min(5000, max(50, count // 20)))
        self.now = clock.now()
        self.actors = {each.pk: actor_for(each) for each in (*self.company.agents, self.company.manager)}
        self.departments = [code for code, *_ in companies.rulebook.department_texts()]
        self.series: dict[int, int] = {}
        self.common = self.rare = 0
        self.long_cases: list[str] = []

    def batch(self, numbers: range) -> None:
        """Make and write these cases."""
        plans = [self._plan(i) for i in numbers]
        Case.objects.bulk_create([plan.row for plan in plans])
        self._forms(plans)
        assessed = [plan for plan in plans if plan.row.severity]
        self._assessments(assessed)
        self._assigned([plan for plan in assessed if plan.row.owner_id])
        self._messages(plans)
        self._answers([plan for plan in plans if plan.row.status in ("awaiting_approval", "answered", "closed")])
        self._closings([plan for plan in plans if plan.row.status == "closed"])
        search.add_many([(plan.row.pk, " ".join(plan.words)) for plan in plans])
        record_many([entry for plan in plans for entry in plan.entries or ()])
        for year, last in self.series.items():
            NumberSeries.objects.update_or_create(year=year, defaults={"last": last})
        Delivery.objects.filter(state="waiting").update(state="done", due_at=None, ended_at=self.now)

    def _plan(self, i: int) -> Plan:
        status = _status(i)
        received = self.now - timedelta(days=730) * ((self.count - i) / self.count)
        special = ()
        if i % 10 in (3, 5, 8):
            special, self.common = (vocabulary.COMMON,), self.common + 1
        if i % (self.count // 10) == self.count // 20:
            special, self.rare = (*special, vocabulary.RARE), self.rare + 1
        text = self.words.text(80, with_words=special)
        place = (i * 7 + i // 10 + i // 100) % 10
        agent = self.company.agents[place] if status not in ("received", "assessed") else None
        customer = self.company.customers[(i * 7919) % len(self.company.customers)]
        severity = "" if status == "received" else "major" if i % 5 == 2 or status == "awaiting_approval" else "minor"
        closed = status == "closed"
        year = received.year
        self.series[year] = self.series.get(year, 0) + 1
        row = Case(
            number=f"{year}-{self.series[year]:05d}",
            status=status,
            open=not closed,
            version=1,
            subject=self.words.text(7)[:120],
            customer=customer,
            language=customer.language,
            channel="web",
            received_at=received,
            registered_at=received,
            department_concerned=self.departments[i % len(self.departments)],
            severity=severity,
            rule=RULES.get(severity, ""),
            owner=agent,
            team=companies.TEAMS[place % 2] if agent else "",
            next_step=_STEP[status],
            next_due=None if closed else self._due(i),
            answered_at=received + timedelta(days=9) if status in ("answered", "closed") else None,
            closed_at=received + timedelta(days=14) if closed else None,
            tracking_generation=1,
        )
        return Plan(row, text, [row.number, customer.name, customer.email, text], entries=[])

    def _due(self, i: int) -> datetime:
        day = (self.now + timedelta(days=(i * 31) % 30 - 6)).date()
        return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)

    def _forms(self, plans: list[Plan]) -> None:
        for plan in plans:
            customer, day = plan.row.customer, plan.row.received_at.date()
            plan.form = ComplaintForm(
                case=plan.row,
                description=plan.text,
                fields={
                    "complainant_name": customer.name,
                    "email": customer.email,
                    "phone": customer.phone,
                    "postal_address": customer.postal_address,
                    "occurred_on": str(day - timedelta(days=5)),
                    "form_completed_on": str(day),
                    "order_number": f"A-{plan.row.pk}",
                    "product": plan.row.subject,
                },
                signature_method="typed",
                signature_name=customer.name,
                signed_at=plan.row.received_at,
                filed_at=plan.row.received_at,
            )
        ComplaintForm.objects.bulk_create([plan.form for plan in plans if plan.form])
        for plan in plans:
            assert plan.form
            facts = CaseReceived("web", plan.row.language, "typed", 0, plan.row.department_concerned)
            customer_actor = Actor("customer", plan.row.number)
            self._happened(plan, facts, customer_actor, ("form", plan.form.pk), 0, plan.form)

    def _assessments(self, plans: list[Plan]) -> None:
        rows = Assessment.objects.bulk_create(
            [
                Assessment(
                    case=plan.row,
                    answers=CALM,
                    outcome=plan.row.severity,
                    rule=plan.row.rule,
                    by=self.company.manager,
                    at=plan.row.received_at + timedelta(days=1),
                )
                for plan in plans
            ]
        )
        for plan, row in zip(plans, rows, strict=True):
            facts = CaseAssessed(row.pk, row.outcome, row.rule, "supervisor")
            self._happened(plan, facts, self._manager, ("assessment", row.pk), 1, row)

    def _assigned(self, plans: list[Plan]) -> None:
        for plan in plans:
            facts = CaseAssigned(owner=str(plan.row.owner_id), team=plan.row.team)
            self._happened(plan, facts, self._manager, ("person", plan.row.owner_id), 2)

    def _messages(self, plans: list[Plan]) -> None:
        made: list[tuple[Plan, Message]] = []
        for plan in plans:
            for n in range(self._how_many(plan)):
                body = self.words.text(80)
                plan.words.append(body)
                by = plan.row.owner_id or self.company.manager.pk
                at = plan.row.received_at + timedelta(days=3, hours=n)
                made.append(
                    (
                        plan,
                        Message(
                            case=plan.row, kind="to_customer", body=body, actor_kind="staff", actor_id=str(by), at=at
                        ),
                    )
                )
        Message.objects.bulk_create([message for _, message in made])
        for plan, message in made:
            actor = self.actors[int(message.actor_id)]
            self._happened(plan, WroteToCustomer(message.pk, 0), actor, ("message", message.pk), 3, message)

    def _how_many(self, plan: Plan) -> int:
        """Every second case has a reply; some that are in work have many."""
        spacing = max(10, self.count // LONG_CASES)
        due = plan.row.pk >= len(self.long_cases) * spacing and len(self.long_cases) < LONG_CASES
        if plan.row.status == "in_work" and due:
            self.long_cases.append(plan.row.number)
            return LONG_MESSAGES
        return plan.row.pk % 2

    def _answers(self, plans: list[Plan]) -> None:
        for plan in plans:
            plan.text = self.words.text(80)
            plan.words.append(plan.text)
        rows = Response.objects.bulk_create(
            [
                Response(
                    case=plan.row,
                    language=plan.row.language,
                    body=plan.text,
                    points=[],
                    body_sha256=digest_of(plan.text),
                    authors=[str(plan.row.owner_id)],
                    state="pending" if plan.row.status == "awaiting_approval" else "sent",
                    requested_by=plan.row.owner,
                    requested_at=plan.row.received_at + timedelta(days=8),
                    sent_at=plan.row.answered_at,
                    signer_name=plan.row.owner.name if plan.row.owner else "",
                )
                for plan in plans
            ]
        )
        for plan, row in zip(plans, rows, strict=True):
            owner = self.actors[plan.row.owner_id or 0]
            subject = ("response", row.pk)
            if plan.row.severity == "major":
                self._happened(plan, ApprovalRequested(row.pk), owner, subject, 8, row)
                if row.state == "sent":
                    self._happened(plan, ApprovalGranted(row.pk), self._manager, subject, 9, row)
            else:
                self._happened(plan, CaseAnswered(row.pk), owner, subject, 9, row)

    def _closings(self, plans: list[Plan]) -> None:
        manager = self.company.manager
        rows = SignOff.objects.bulk_create(
            [
                SignOff(
                    case=plan.row,
                    section=1,
                    signer=manager,
                    signer_name=manager.name,
                    signer_role="manager",
                    signed_at=plan.row.closed_at,
                    codes=CODES,
                    remedy_delivered="yes",
                    lesson="",
                )
                for plan in plans
            ]
        )
        for plan, row in zip(plans, rows, strict=True):
            facts = CaseClosed(section=1, sign_off=row.pk, role="manager", codes=CODES)
            self._happened(plan, facts, self._manager, ("sign_off", row.pk), 14, row)

    @property
    def _manager(self) -> Actor:
        return self.actors[self.company.manager.pk]

    def _happened(
        self, plan: Plan, facts: Any, actor: Actor, subject: tuple[str, Any], day: int, row: Any = None
    ) -> None:
        assert plan.entries is not None
        plan.entries.append(
            Entry(
                facts,
                actor=actor,
                case=plan.row.number,
                subject=(subject[0], str(subject[1])),
                private={subject[0]: content(row)} if row else None,
                occurred_at=plan.row.received_at + timedelta(days=day),
            )
        )


_STEP = {
    "received": "assess",
    "assessed": "assign",
    "in_work": "write_answer",
    "awaiting_approval": "approve",
    "answered": "await_customer",
    "closed": "",
}


def _status(i: int) -> str:
    """Three of ten are open; of ten such one is new, one assessed, six in work, one up for approval, one answered."""
    if i % 10 not in (0, 3, 6):
        return "closed"
    return ("received", "assessed", *["in_work"] * 6, "awaiting_approval", "answered")[i // 10 % 10]
