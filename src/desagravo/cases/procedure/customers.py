"""The procedure for customers: two pages that a company publishes. Pure, without Django."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from babel import Locale
from babel.dates import format_date

from desagravo.cases.procedure import bodies, gathering
from desagravo.cases.procedure.gathering import Binding, Source
from desagravo.cases.procedure.words import Words, book, condition, counted_from, period, week, within
from desagravo.common.documents.paper import Block, Bullets, Paper, Prose, Rich, Rows, Run, Section, Table, plain

_PUBLIC_RULES = frozenset({"safety", "law", "money"})
"""Of the questions of the triage, those of which customers are told; who counts as a VIP is nobody's business."""


def compose(source: Source, *, roles: Mapping[str, str], size: str) -> Paper:
    """The paper in the source's language. ``roles``: code → name of the roles; ``size`` is that of the largest file."""
    words = Words("customers", source.language)
    parts = [
        _section("reach", words, _reach(source, words, size)),
        _section("tell", words, _tell(source, words)),
        _section("steps", words, _steps(source, words)),
        _section("law", words, _law(source, words)),
        _section("decides", words, _decides(source, words, roles)),
        _section("costs", words, [Prose(words.rich("costs.nothing"))]),
        _section("disagree", words, _disagree(source, words)),
        _section("data", words, _data(source, words)),
        _section("access", words, _access(source, words)),
    ]
    return Paper(
        code="procedure",
        title=words("title"),
        kind=words("kind"),
        lede=words("lede", house=source.house.name),
        sections=tuple(part for part in parts if part.blocks),
        made_from=made_from(source, words),
        notice="" if source.rules.in_force else words("made.draft", edition=source.rules.code),
        language=source.language,
    )


def made_from(source: Source, words: Words) -> str:
    """From which edition, in force since when, printed when."""
    today = format_date(source.today, "long", locale=words.locale)
    if source.rules.since is None:
        return words("made.from_start", edition=source.rules.code, today=today)
    since = format_date(source.rules.since, "long", locale=words.locale)
    return words("made.from", edition=source.rules.code, since=since, today=today)


def _section(code: str, words: Words, blocks: list[Block]) -> Section:
    return Section(code, words(f"{code}.heading"), tuple(blocks))


def _reach(source: Source, words: Words, size: str) -> list[Block]:
    house = source.house
    limits = source.rules.book("form")["limits"]
    rows: list[tuple[str, Rich]] = []
    if house.url:
        address = web(f"{house.url}/complaint/")
        rows.append(
            (words("reach.web"), words.rich("reach.web_how", address=address, files=str(limits["files"]), size=size))
        )
    if house.phone:
        rows.append((words("reach.phone"), words.rich("reach.phone_how", phone=phone(house.phone))))
    if house.address:
        rows.append((words("reach.post"), plain(", ".join((house.name, *house.address)))))
    for binding in gathering.bindings(source):
        if binding.outside and (way := bodies.way(binding.id)):
            kind, leads_to = way
            rows.append((words(f"reach.{kind}"), words.rich(f"reach.{kind}_how", address=web(leads_to))))
    same = [*words.rich("reach.same")]
    if len(house.languages) > 1:
        named = words.listed(_languages(house.languages, words), "or")
        same += [Run(" "), *words.rich("reach.languages", languages=named)]
    return [Rows(tuple(rows)), Prose(tuple(same))]


def _tell(source: Source, words: Words) -> list[Block]:
    needs = [words.say(row["ask"]) for row in source.rules.book("form")["complete_when"]]
    return [Prose(words.rich("tell.list", needs="; ".join(needs)))]


def _steps(source: Source, words: Words) -> list[Block]:
    language = source.language

    def by(code: str) -> str:
        return within(gathering.target(source, code), "business_days", language)

    rows = [
        ("receipt", words("steps.at_once")),
        ("triage", by("triage")),
        ("acknowledge", by("acknowledge")),
        ("departments", _departments_when(source, words)),
        ("answer", words("steps.or_earlier", limit=by("answer")) if _law(source, words) else by("answer")),
        ("later", words("steps.later_when")),
        ("closed", words("steps.closed_when")),
    ]
    table = Table(
        (words("steps.what"), words("steps.when")),
        tuple((words.rich(f"steps.{code}"), plain(when)) for code, when in rows),
        (7, 3),
    )
    days = week(gathering.weekend(source), language)
    holidays = words("steps.no_holidays") if source.holidays else ""
    return [table, Prose(words.rich("steps.days", days=days, holidays=holidays))]


def _departments_when(source: Source, words: Words) -> str:
    days = [int(row["due_days"]) for row in source.rules.book("departments")["department"]]
    most = period(max(days), "business_days", source.language)
    if min(days) == max(days):
        return words("steps.departments_when_one", most=most)
    return words("steps.departments_when", least=str(min(days)), most=most)


def _law(source: Source, words: Words) -> list[Block]:
    items = [item for binding in gathering.bindings(source) if not binding.own and (item := _limits(binding, words))]
    return [Bullets(tuple(items)), Prose(words.rich("law.intro"))] if items else []


def _limits(binding: Binding, words: Words) -> Rich:
    """Name of the rulebook, and each of its limits that a customer can hold us to."""
    said = list(dict.fromkeys(each for row in binding.milestones() if (each := _limit(row, words))))
    if not said:
        return ()
    return (Run(f"{binding.name(words.language)}: {'; '.join(said)}."),)


def _limit(row: Mapping[str, Any], words: Words) -> str:
    if row["kind"] not in {"firm_obligation", "customer_window"} or row["n"] == 0:
        return ""
    name = words.say(row.get("name"), row["key"].replace("_", " "))
    limit = f"{within(row['n'], row['unit'], words.language)} {counted_from(row['from'], words.language)}"
    if row.get("bearer") == "customer":
        limit = words("law.yours", limit=limit)
    when = condition(str(row["on"]), words.language) or words("law.in_some_cases") if row.get("on") else ""
    return f"{_small(name)}, {limit}" + (f" ({when})" if when else "")


def _decides(source: Source, words: Words, roles: Mapping[str, str]) -> list[Block]:
    triage = source.rules.book("triage")
    reasons = [_small(gathering.reason(source, row).rstrip(".")) for row in _public_rules(triage)]
    who = tuple((words(f"decides.{each}"), plain(_goes_to(triage, each, words, roles))) for each in ("minor", "major"))
    said = [*words.rich("decides.reasons", reasons="; ".join(reasons)), Run(" ")] if reasons else []
    said += words.rich("decides.four_eyes" if source.four_eyes else "decides.no_four_eyes")
    return [Rows(who), Prose(tuple(said))]


def _goes_to(triage: Mapping[str, Any], outcome: str, words: Words, roles: Mapping[str, str]) -> str:
    goes = triage["goes_to"][outcome]
    role = str(roles.get(goes["role"], goes["role"]))
    if not goes.get("service"):
        return role
    return words("decides.or", service=words.say(triage["service"][goes["service"]]["name"]), role=role)


def _public_rules(triage: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rules by which one answer alone makes a complaint major, of those that customers are told."""
    enough = triage.get("result", {}).get("major_from", 0)
    for row in triage["rule"]:
        asked = set(row.get("answers", {}))
        alone = row.get("hard") or row.get("outcome") == "major" or (enough and row.get("points", 0) >= enough)
        sure = all("yes" in counts for counts in row.get("answers", {}).values())
        if alone and sure and asked and asked <= _PUBLIC_RULES and row.get("amount") != "not_given":
            yield row


def _disagree(source: Source, words: Words) -> list[Block]:
    bodies_outside = gathering.outside(source)
    blocks: list[Block] = [Prose(words.rich("disagree.inside"))]
    if bodies_outside:
        items = tuple(_body(row, words) for row in bodies_outside)
        return [*blocks, Prose(words.rich("disagree.outside", house=source.house.name)), Bullets(items),
                Prose(words.rich("disagree.courts"))]  # fmt: skip
    return [*blocks, Prose(words.rich("disagree.somewhere", house=source.house.name))]


def _body(row: Mapping[str, Any], words: Words) -> Rich:
    """A body as letters name it, with what is known of how to reach it."""
    reached = [Run(row["address"])] if row.get("address") else []
    reached += [phone(row["phone"])] if row.get("phone") else []
    reached += [web(row["website"])] if row.get("website") else []
    said = [Run(words.say(row["name"]))]
    for each in reached:
        said += [Run(", "), each]
    return tuple(said)


def _data(source: Source, words: Words) -> list[Block]:
    said = [*words.rich("data.use"), Run(" "), *how_long(source, words), Run(" ")]
    said += words.rich("data.rights", authority=_authority(source, words))
    if source.house.url:
        said += [Run(" "), *words.rich("data.more", address=web(f"{source.house.url}/privacy/"))]
    return [Prose(tuple(said))]


def how_long(source: Source, words: Words) -> Rich:
    """How long we keep a complaint, in one sentence."""
    told = gathering.kept(source)
    if told is None:
        return words.rich("data.kept_by_law")
    n, unit, event = told
    after = Words("limits", words.language)
    known = event if event in book("limits")["after"] else "closed"
    return words.rich("data.kept", **{"period": period(n, unit, words.language), "from": after(f"after.{known}")})


def _authority(source: Source, words: Words) -> str:
    authority = bodies.data_authority(source.house.country)
    return (
        f"{words.say(authority.name)} ({shown(authority.address)})" if authority.address else words.say(authority.name)
    )


def _access(source: Source, words: Words) -> list[Block]:
    said = [*words.rich("access.text")]
    if source.house.url:
        others = _languages([each for each in source.house.languages if each != source.language], words)
        key = "access.paper" if others else "access.paper_one"
        facts = {"languages": words.listed(others)} if others else {}
        said += [Run(" "), *words.rich(key, address=web(f"{source.house.url}/procedure/"), **facts)]
    return [Prose(tuple(said))]


def _languages(codes: Collection[str], words: Words) -> list[str]:
    """Languages as this language calls them; with the country only where one comes twice."""
    locale = Locale.parse(words.locale)
    bases = [code.partition("-")[0] for code in codes]
    found = []
    for code in codes:
        base, _hyphen, country = code.partition("-")
        name = str(locale.languages[base])
        twice = bases.count(base) > 1 and country
        found.append(f"{name} ({locale.territories[country.upper()]})" if twice else name)
    return found


def web(address: str) -> Run:
    """An address of the web as people read it, leading there."""
    return Run(shown(address), address if "://" in address else f"https://{address}")


def shown(address: str) -> str:
    """Without what every address begins with."""
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")


def phone(number: str) -> Run:
    """A telephone number that a telephone can call."""
    return Run(number, "tel:" + "".join(each for each in number if each.isdigit() or each == "+"))


def _small(text: str) -> str:
    """A sentence or a name as it stands within another sentence; what begins with a capital throughout stays so."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]
