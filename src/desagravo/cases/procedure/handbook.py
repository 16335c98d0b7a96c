"""The handbook for staff: all that the edition says, in the order of a complaint's way. Pure, without Django."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date

from desagravo.cases.procedure import gathering
from desagravo.cases.procedure.customers import made_from
from desagravo.cases.procedure.gathering import Binding, Source
from desagravo.cases.procedure.words import Words, book, condition, counted_from, period, week, within
from desagravo.common.documents.paper import Block, Bullets, Paper, Prose, Rich, Rows, Run, Section, Table, plain
from desagravo.rulebook.words import FALLBACK

AREAS = ("intake", "triage", "work", "answer", "close", "limits", "privacy", "rules", "house")
_NEEDS_POINTS = "result"


def compose(
    source: Source,
    *,
    roles: Mapping[str, str],
    verbs: Mapping[str, Collection[str]],
    changes: Sequence[tuple[str, str]] = (),
) -> Paper:
    """The handbook in the source's language. ``verbs``: verb → the roles that may; ``changes``: what differs from the
    edition before, in words."""
    words = Words("handbook", source.language)
    parts = (
        _section("always", words, [Bullets(tuple(words.rich(f"always.{each}") for each in _ALWAYS))]),
        _who_may(source, words, roles, verbs),
        _targets(source, words),
        _triage(source, words, roles),
        _routing(source, words),
        _approvals(source, words, roles),
        _limits(source, words),
        _letters(source, words),
        _never(source, words),
        _closing(source, words),
        _retention(source, words),
        _changes(words, changes),
    )
    customers = Words("customers", source.language)
    return Paper(
        code="handbook",
        title=words("title"),
        kind=words("kind"),
        lede=words("lede", house=source.house.name),
        sections=tuple(part for part in parts if part.blocks or part.parts),
        made_from=made_from(source, customers),
        notice="" if source.rules.in_force else customers("made.draft", edition=source.rules.code),
        language=source.language,
    )


_ALWAYS = ("lost", "owner", "points", "exact", "signed", "record")


def _section(code: str, words: Words, blocks: Sequence[Block], parts: Sequence[Section] = ()) -> Section:
    return Section(code, words(f"{code}.heading"), tuple(blocks), tuple(parts))


# Who may -------------------------------------------------------------------------------------------------------------


def _who_may(source: Source, words: Words, roles: Mapping[str, str], verbs: Mapping[str, Collection[str]]) -> Section:
    told = book("verbs")
    areas: dict[str, list[tuple[Rich, ...]]] = {area: [] for area in AREAS}
    for verb, may in verbs.items():
        row = told.get(verb, {"area": "house"})
        name = words.say(row.get("name"), verb.replace("_", " "))
        who = ", ".join(roles[role] for role in roles if role in may)
        areas[row["area"]].append((plain(name), plain(who)))
    columns = (words("column.step"), words("column.who"))
    parts = [
        Section(f"may-{area}", words(f"area.{area}"), (Table(columns, tuple(rows), (1, 1)),))
        for area, rows in areas.items()
        if rows
    ]
    said: list[Block] = [Prose(words.rich("roles.intro"))]
    if source.four_eyes:
        said.append(Prose(words.rich("roles.four_eyes")))
    return _section("roles", words, said, parts)


# Targets, triage, routing, approvals ---------------------------------------------------------------------------------


def _targets(source: Source, words: Words) -> Section:
    told = source.rules.book("targets")
    rows = tuple(
        (plain(words.say(row["name"])), plain(period(row["days"], "business_days", words.language)))
        for row in told["target"]
    )
    days = week(gathering.weekend(source), words.language)
    holidays = Words("customers", words.language)("steps.no_holidays") if source.holidays else ""
    counted = words.rich("targets.days", days=days, holidays=holidays, hour=str(told["business_day_ends"]))
    return _section("targets", words, [Table((words("column.what"), words("column.limit")), rows), Prose(counted)])


def _triage(source: Source, words: Words, roles: Mapping[str, str]) -> Section:
    told = source.rules.book("triage")
    questions = tuple((words.say(row["text"]), plain(words.say(row.get("hint")))) for row in told["question"])
    goes = tuple((words(f"triage.goes_{each}"), plain(_goes_to(told, each, words, roles))) for each in told["goes_to"])
    rules = tuple((plain(gathering.reason(source, row)), plain(_weight(row, words))) for row in told["rule"])
    blocks: list[Block] = [Prose(words.rich("triage.intro")), Rows(questions)]
    if _NEEDS_POINTS in told:
        blocks.append(Prose(words.rich("triage.points", points=str(told["result"]["major_from"]))))
    blocks += [
        Table((words("column.rule"), words("column.weight")), rules, (3, 1)),
        Rows(goes),
        Prose(words.rich("triage.overrule")),
    ]
    return _section("triage", words, blocks)


def _weight(row: Mapping[str, Any], words: Words) -> str:
    said = [words("triage.number", points=str(row["points"]))] if "points" in row else []
    return ", ".join([*said, words("triage.hard")] if row.get("hard") else said)


def _goes_to(triage: Mapping[str, Any], outcome: str, words: Words, roles: Mapping[str, str]) -> str:
    goes = triage["goes_to"][outcome]
    role = roles.get(goes["role"], goes["role"])
    service = goes.get("service")
    return f"{words.say(triage['service'][service]['name'])} ({role})" if service else role


def _routing(source: Source, words: Words) -> Section:
    book_of = source.rules.book("departments")["department"]
    names = {row["code"]: source.house.departments.get(row["code"]) or words.say(row["name"]) for row in book_of}
    questions = {(row["code"], ask["code"]): words.say(ask["text"]) for row in book_of for ask in row["question"]}
    rules = tuple(
        (
            plain(names.get(row["department"], row["department"])),
            plain(gathering.reason(source, row)),
            plain(questions.get((row["department"], row["question"]), "")),
        )
        for row in source.rules.book("routing")["rule"]
    )
    columns = (words("column.department"), words("column.why"), words("column.ask"))
    rows = tuple(
        (plain(names[row["code"]]), plain(words.say(row["purpose"])),
         plain(period(row["due_days"], "business_days", words.language)))
        for row in book_of
    )  # fmt: skip
    table = Table((words("column.department"), words("column.purpose"), words("column.days")), rows, (2, 5, 2))
    departments = Section("departments", words("routing.departments"), (table,))
    return _section(
        "routing", words, [Prose(words.rich("routing.intro")), Table(columns, rules, (2, 4, 4))], [departments]
    )


def _approvals(source: Source, words: Words, roles: Mapping[str, str]) -> Section:
    rules = tuple(
        (
            plain(gathering.reason(source, row) or _amount_rule(source, row)),
            plain(_approver(source, row["role"], words, roles)),
        )
        for row in source.rules.book("approvals").get("rule", ())
    )
    proposed = tuple(
        (plain(gathering.reason(source, row)), plain(", ".join(roles.get(each, each) for each in row["roles"])))
        for row in source.rules.book("assignment").get("rule", ())
    )
    columns = (words("column.rule"), words("column.who"))
    parts = (
        [Section("assignment", words("approvals.assignment"), (Table(columns, proposed, (3, 1)),))] if proposed else []
    )
    blocks: list[Block] = [Prose(words.rich("approvals.intro")), Table(columns, rules, (3, 1))] if rules else []
    return _section("approvals", words, blocks, parts)


def _amount_rule(source: Source, row: Mapping[str, Any]) -> str:
    amounts = [clause["amount_at_least"] for clause in row.get("when", ()) if "amount_at_least" in clause]
    return gathering.money(source, amounts[0]) if amounts else str(row["code"])


def _approver(source: Source, role: str, words: Words, roles: Mapping[str, str]) -> str:
    kind, _colon, department = role.partition(":")
    if kind == "contact":
        return words("approvals.contact", department=source.house.departments.get(department, department))
    return roles.get(role, role)


# Limits --------------------------------------------------------------------------------------------------------------


def _limits(source: Source, words: Words) -> Section:
    found = gathering.all_bindings(source)
    parts = [_rulebook(source, each, words) for each in sorted(found, key=lambda each: (not each.always, not each.own))]
    counted = [Prose(words.rich("limits.intro")), Prose(words.rich("limits.day_zero"))]
    return _section("limits", words, counted if parts else [], parts)


def _rulebook(source: Source, binding: Binding, words: Words) -> Section:
    rows = tuple(
        (
            plain(words.say(row.get("name"), row["key"].replace("_", " "))),
            plain(_limit(row, words)),
            plain(words(f"limits.kind.{row['kind']}")),
        )
        for row in binding.milestones()
    )
    about = [(words("limits.binds"), plain(words.say(binding.reason)))] if binding.reason else []
    about.append((words("limits.counted"), plain(" ".join(_counted(binding.policy, words)))))
    blocks: list[Block] = [Rows(tuple(about))]
    blocks.append(Table((words("column.what"), words("column.limit"), words("column.kind")), rows, (3, 5, 3)))
    blocks += [Prose(plain(each)) for each in _extensions(binding.policy, words)]
    blocks.append(Prose(_evidence(binding.policy, words), quiet=True))
    return Section(f"rulebook-{binding.id}", binding.name(source.language), tuple(blocks))


def _limit(row: Mapping[str, Any], words: Words) -> str:
    said = within(row["n"], row["unit"], words.language)
    said = f"{said} {counted_from(row['from'], words.language)}" if row["n"] else said
    when = condition(str(row["on"]), words.language) or str(row["on"]) if row.get("on") else ""
    return f"{said} ({when})" if when else said


def _counted(policy: Mapping[str, Any], words: Words) -> Iterator[str]:
    clock, calendar = policy.get("clock", {}), policy.get("calendar", {})
    yield words("limits.pause" if clock.get("pause") == "end_of_day" else "limits.no_pause")
    if clock.get("on_incomplete") == "restart":
        yield words("limits.restart")
    yield words("limits.rolls" if calendar.get("roll_forward") else "limits.stays")
    if calendar.get("after_hours") == "next_business_day":
        yield words("limits.after_hours", hour=str(calendar.get("cutoff", "")))


def _extensions(policy: Mapping[str, Any], words: Words) -> Iterator[str]:
    told = policy.get("extension", ())
    for row in told if isinstance(told, list) else [told]:
        if not row:
            continue
        times = int(row.get("max_times", 1))
        needs = book("handbook")["limits"]["need"]
        yield words(
            "limits.extension",
            times=words("limits.once") if times == 1 else words("limits.times", n=str(times)),
            period=period(row["add"], row["unit"], words.language),
            requires=words.listed(words.say(needs.get(each), each.replace("_", " ")) for each in row["requires"]),
        )


def _evidence(policy: Mapping[str, Any], words: Words) -> Rich:
    told = policy.get("policy", {})
    day = told.get("review_by")
    if not day:
        return words.rich("limits.evidence_open", evidence=str(told.get("evidence", "–")))
    day = date.fromisoformat(day) if isinstance(day, str) else day
    said = format_date(day, "long", locale=words.locale)
    return words.rich("limits.evidence", evidence=str(told.get("evidence", "–")), day=said)


# Letters, words, closing, retention ----------------------------------------------------------------------------------


def _letters(source: Source, words: Words) -> Section:
    rows = tuple(
        (plain(words.say(row["name"])), plain(words.say(row["subject"])),
         plain(words("letters.mail" if row["kind"] == "mail" else "letters.letter")))
        for row in source.rules.book("letters")["letter"]
    )  # fmt: skip
    columns = (words("column.letter"), words("column.subject"), words("column.kind"))
    return _section("letters", words, [Prose(words.rich("letters.intro")), Table(columns, rows, (3, 4, 3))])


def _never(source: Source, words: Words) -> Section:
    guidance = source.rules.book("guidance")
    said: list[Block] = []
    phrases = _forbidden(source, words)
    if phrases:
        said = [Prose(words.rich("never.intro")), Prose(plain(" · ".join(phrases)))]
    rows = tuple(
        (plain(words.say(row["rule"])), plain(" ".join(words.say(each) for each in row["avoid"])))
        for row in guidance["advice"]
        if row["avoid"]
    )
    said.append(Table((words("column.advice"), words("column.avoid")), rows, (1, 1)))
    return _section("never", words, said)


def _forbidden(source: Source, words: Words) -> list[str]:
    """The phrases that stop a letter, in the reader's language."""
    languages = FALLBACK.get(words.language, ("en",))
    rows = [
        row
        for row in source.rules.book("phrases").get("phrase", ())
        if source.rules.book("phrases")["kind"].get(row["kind"], {}).get("stops")
    ]
    found = [_readable(text) for row in rows for text in _of_language(row.get("words", row), languages)]
    if found:
        return list(dict.fromkeys(found))
    admission = source.rules.book("guidance").get("admission", {})
    return list(next((admission[each] for each in languages if each in admission), ()))


def _of_language(row: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    told: Any = next((row[each] for each in languages if each in row), [])
    return [told] if isinstance(told, str) else [str(each) for each in told]


def _readable(pattern: str) -> str:
    """A pattern as people read it: the first of several words, without the marks."""
    read = [each.split("|")[0].replace("*n't", "not").replace("*", "…") for each in pattern.split() if "?" not in each]
    return " ".join(read)


def _closing(source: Source, words: Words) -> Section:
    told = source.rules.book("closing_codes")
    parts = []
    for axis in told["axis"]:
        rows = tuple(
            (
                plain(words.say(row["name"])),
                plain(words.say(row["scope"])),
                plain("; ".join(words.say(told["requirement"][need]["name"]) for need in row["requires"])),
            )
            for row in axis["option"]
        )
        columns = (words("column.code"), words("column.scope"), words("column.needs"))
        how = words("closing.several" if axis["choice"] == "several" else "closing.one")
        question = (Run(f"{words.say(axis['question'])} ({how})"),)
        blocks = (Prose(question), Table(columns, rows, (3, 6, 3)))
        parts.append(Section(f"axis-{axis['code']}", words.say(axis["name"]), blocks))
    return _section("closing", words, [Prose(words.rich("closing.intro"))], parts)


def _retention(source: Source, words: Words) -> Section:
    limits = Words("limits", words.language)
    rows = [
        (plain(words(f"retention.{row.get('what', 'record')}")),
         plain(_kept(row["n"], row["unit"], row["from"], limits)), plain(words.say(row.get("name"))))
        for row in source.rules.book("retention").get("keep", ())
    ]  # fmt: skip
    for binding in gathering.all_bindings(source):
        told = binding.policy.get("retention", {})
        if told.get("record_years"):
            kept = _kept(told["record_years"], "years", str(told.get("from", "closed")), limits)
            rows.append((plain(words("retention.record")), plain(kept), plain(binding.name(words.language))))
    columns = (words("column.what"), words("column.kept"), words("column.rule"))
    return _section("retention", words, [Prose(words.rich("retention.intro")), Table(columns, tuple(rows), (2, 3, 6))])


def _kept(n: float, unit: str, event: str, limits: Words) -> str:
    known = event if event in book("limits")["after"] else "closed"
    between = {"en": " after "}.get(limits.language, " ")
    return f"{period(n, unit, limits.language)}{between}{limits(f'after.{known}')}"


def _changes(words: Words, changes: Sequence[tuple[str, str]]) -> Section:
    if not changes:
        return _section("changes", words, [Prose(words.rich("changes.none"))])
    rows = tuple((plain(what), plain(how)) for what, how in changes)
    return _section("changes", words, [Table((words("column.what"), words("column.change")), rows, (1, 2))])
