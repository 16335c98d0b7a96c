"""Carries the sample company's complaints through the actions that people use, one step at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from desagravo.cases import actions, queries
from desagravo.cases.queries import due_after
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.operations.sample import evidence
from desagravo.operations.sample.engage import Colleague
from desagravo.operations.sample.script import Happening, company, zone
from desagravo.rulebook import queries as rulebook

_Step = Mapping[str, Any]


@dataclass
class Telling:
    """One complaint on its way: the case, and what the steps so far have made."""

    script: Mapping[str, Any]
    case: Any
    consultations: list[Any] = field(default_factory=list)
    follow_ups: list[Any] = field(default_factory=list)
    points: list[Any] = field(default_factory=list)
    draft_version: int = 0
    pending_sha256: str = ""


def _signature(method: str, name: str) -> dict[str, Any]:
    image = {"image": evidence.signature(name)} if method == "drawn" else {}
    return {"method": method, "name": name, **image}


_Verb = Callable[[Any, "Telling", _Step, Actor], object]


def _plain(action: Callable[..., object], **names: str) -> _Verb:
    """A verb whose arguments stand in the step: argument → key."""

    def verb(_teller: object, told: Telling, step: _Step, actor: Actor) -> object:
        return action(told.case, actor=actor, **{argument: step.get(key, "") for argument, key in names.items()})

    return verb


def _react(*, settled: bool) -> _Verb:
    def verb(_teller: object, told: Telling, step: _Step, actor: Actor) -> object:
        return actions.react(told.case, settled=settled, body=step.get("text", ""), actor=actor)

    return verb


class Teller:
    """Performs happenings in the order of their moments; ``due`` are the moments at which something comes back."""

    def __init__(self, colleagues: Mapping[str, Colleague], first_start: datetime) -> None:
        self._colleagues = colleagues
        self._today = first_start.astimezone(zone()).date()
        self._told: dict[str, Telling] = {}
        self.due: list[datetime] = []

    def perform(self, happening: Happening) -> None:
        """Do one step, now. The clock stands at its moment."""
        if happening.step:
            telling = self._told[happening.complaint["key"]]
            self._verbs[happening.step["do"]](self, telling, happening.step, self._actor(happening.step["by"], telling))
        else:
            self._receive(happening.complaint)

    def _actor(self, key: str, telling: Telling) -> Actor:
        return Actor("customer", telling.case.number) if key == "customer" else self._colleagues[key].actor

    def _receive(self, script: Mapping[str, Any]) -> None:
        by = script.get("by")
        accepted = actions.receive(
            self._read(script, script["form"], script),
            key=f"sample:{script['key']}",
            actor=self._colleagues[by].actor if by else Actor("customer", "portal"),
            channel=script["channel"],
            language=script["language"],
            kept=self._files(script, script),
            department=script.get("department_concerned", ""),
        )
        self._told[script["key"]] = Telling(script, accepted.case)

    def _read(self, script: Mapping[str, Any], fields: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        """The form as ``given`` (the complaint, or the step that completes it) adds it."""
        today = clock.now().astimezone(zone()).date()
        raw = dict(fields)
        for name, key in (("occurred_on", "occurred_day"), ("form_completed_on", "completed_day")):
            if key in given:
                raw[name] = min(self._day(given[key]), today).isoformat()
        raw["description"] = script["form"]["description"].strip()
        raw["language"] = script["language"]
        if given.get("signature"):
            raw["signature"] = _signature(given["signature"], script["form"].get("complainant_name", ""))
        by_customer = given.get("by", "customer") == "customer"
        return actions.read_complaint(raw, today=today, by=("customer",) if by_customer else ("customer", "staff"))

    def _day(self, day: int) -> date:
        return self._today + timedelta(days=day)

    def _files(self, script: Mapping[str, Any], given: Mapping[str, Any]) -> list[Any]:
        form = script["form"]
        return [
            actions.keep_bytes(
                name,
                evidence.make(
                    name,
                    language=script["language"],
                    customer=form.get("complainant_name", ""),
                    reference=form.get("order_number", ""),
                    day=self._day(script.get("occurred_day", script["received"]["day"])),
                ),
            )
            for name in given.get("attachments", ())
        ]

    def _complete(self, told: Telling, step: _Step, actor: Actor) -> None:
        additions = self._read(told.script, step["fields"], step)
        actions.complete(told.case, additions, actor=actor)

    def _assess(self, told: Telling, step: _Step, actor: Actor) -> None:
        actions.assess(told.case, answers=step["answers"], actor=actor)

    def _assign(self, told: Telling, step: _Step, actor: Actor) -> None:
        told.case = actions.assign(told.case, to=self._colleagues[step["to"]].id, actor=actor)

    def _consult(self, told: Telling, step: _Step, actor: Actor) -> None:
        usual = rulebook.department(step["department"], "en").due_days
        due = self._due(step) if "due_day" in step else due_after(clock.now(), step.get("due_days", usual))
        question = actions.Question(step["department"], step["question"], due, step.get("required", True))
        told.consultations += actions.consult(told.case, questions=[question], actor=actor)
        self.due.append(due)

    def _answer_consultation(self, told: Telling, step: _Step, actor: Actor) -> None:
        asked = next(each for each in told.consultations if each.department == step["department"])
        told.consultations.remove(asked)
        actions.answer_consultation(asked, answer=step["answer"], actor=actor)

    def _follow_up(self, told: Telling, step: _Step, actor: Actor) -> None:
        due = self._due(step)
        told.follow_ups.append(actions.follow_up(told.case, about=step["about"], due_at=due, actor=actor))
        self.due.append(due)

    def _finish_follow_up(self, told: Telling, step: _Step, actor: Actor) -> None:
        actions.finish_follow_up(told.follow_ups.pop(), actor=actor)

    def _due(self, step: _Step) -> datetime:
        """The end of business on the day that the step names, or the next one that is still to come."""
        morning = datetime.combine(self._day(step["due_day"]), datetime.min.time(), zone())
        due = due_after(morning, 0)
        return due if due > clock.now() else due_after(clock.now(), 0)

    def _answer_attributes(self, told: Telling, step: _Step, actor: Actor) -> None:
        told.case = actions.answer_attributes(told.case, answers=step["answers"], actor=actor)

    def _record_clock_event(self, told: Telling, step: _Step, actor: Actor) -> None:
        actions.record_clock_event(told.case, name=step["event"], note=step.get("text", ""), actor=actor)

    def _point(self, told: Telling, step: _Step, actor: Actor) -> None:
        told.points.append(actions.add_point(told.case, text=step["text"], actor=actor))

    def _decide_point(self, told: Telling, step: _Step, actor: Actor) -> None:
        point = told.points[step["point"] - 1]
        actions.decide_point(
            point, decision=step["decision"], reasons=step["reasons"], remedy=step["remedy"], actor=actor
        )

    def _draft(self, told: Telling, step: _Step, actor: Actor) -> None:
        language = told.script["language"]
        words = {name: step[name] for name in ("solution", "reasons") if name in step}
        words["next_options"] = step.get("next_options") or company()["organisation"]["next_options"][language]
        letter = rulebook.letter_to(step["template"], language, name=told.case.customer.name)
        body = rulebook.fill(letter.body, {**queries.letter_values(told.case), **words})
        draft = actions.save_draft(
            told.case, body=body, based_on=told.draft_version, template=step["template"], actor=actor
        )
        told.draft_version = draft.version

    def _request_approval(self, told: Telling, step: _Step, actor: Actor) -> None:
        response = actions.request_approval(told.case, draft_version=told.draft_version, actor=actor)
        told.pending_sha256 = response.body_sha256

    def _approve(self, told: Telling, step: _Step, actor: Actor) -> None:
        actions.approve(told.case, response_sha256=told.pending_sha256, actor=actor)

    def _respond(self, told: Telling, step: _Step, actor: Actor) -> None:
        actions.respond(told.case, draft_version=told.draft_version, actor=actor)

    def _add_message(self, told: Telling, step: _Step, actor: Actor) -> None:
        kept = self._files(told.script, step)
        actions.add_message(told.case, body=step["text"], actor=actor, kept=kept)

    def _sign_off(self, told: Telling, step: _Step, actor: Actor) -> None:
        codes = {axis: [code] if isinstance(code, str) else code for axis, code in step["codes"].items()}
        section = actions.ClosingSection(
            codes=codes,
            amount=Decimal(step["amount"]) if "amount" in step else None,
            currency=step.get("currency", ""),
            remedy_delivered=step.get("delivery", "none_due"),
            details={name: text for name, text in step.get("details", {}).items() if name != "remedy"},
            remedies=[step["details"]["remedy"]] if "remedy" in step.get("details", {}) else [],
            options_exhausted=codes["customer_position"] == ["silent"],
            lesson=step.get("lesson", ""),
        )
        actions.sign_off(told.case, section=section, password=self._colleagues[step["by"]].password, actor=actor)

    _verbs: ClassVar[Mapping[str, _Verb]] = {
        "complete": _complete,
        "waive_completion": _plain(actions.waive_completion, reason="reason"),
        "assess": _assess,
        "overrule": _plain(actions.overrule, outcome="outcome", reason="reason"),
        "assign": _assign,
        "consult": _consult,
        "answer_consultation": _answer_consultation,
        "note": _plain(actions.note, body="text"),
        "find": _plain(actions.find, text="text", source="source"),
        "point": _point,
        "decide_point": _decide_point,
        "answer_attributes": _answer_attributes,
        "record_clock_event": _record_clock_event,
        "follow_up": _follow_up,
        "finish_follow_up": _finish_follow_up,
        "write": _plain(actions.write, body="text"),
        "draft": _draft,
        "request_approval": _request_approval,
        "respond": _respond,
        "return_answer": _plain(actions.return_answer, comment="comment"),
        "approve": _approve,
        "add_message": _add_message,
        "settle": _react(settled=True),
        "contest": _react(settled=False),
        "withdraw": _plain(actions.withdraw, reason="text"),
        "sign_off": _sign_off,
        "reopen": _plain(actions.reopen, reason="reason"),
    }
