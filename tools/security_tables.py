"""What docs/security says in tables, made from what the product does.

    .venv/bin/python tools/security_tables.py           prints both
    .venv/bin/python tools/security_tables.py --write   writes docs/security/fields.md and the verbs of roles.md

A test compares the documents with what this makes. The pages in roles.md come from a walk of the whole product and are
written by a test: DESAGRAVO_WRITE_TABLES=1 .venv/bin/pytest -n 0 tests/promises/test_security.py -k every_answer
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs" / "security"
FIELDS, ROLES = DOCS / "fields.md", DOCS / "roles.md"
PAGES = "<!-- pages: written by tests/promises/test_security.py -->"

_READ_AS = {
    "line": "one line: line breaks and invisible characters become spaces",
    "text": "text with its line breaks",
    "choice": "a code of the house's list, else refused",
    "choices": "codes of the house's list, each once; an unknown one is refused",
    "list": "up to 50 lines",
    "date": "a day of the calendar, YYYY-MM-DD",
    "email": "an address with one @ and no spaces",
    "phone": "digits, spaces, brackets, hyphens, a leading +",
    "amount": "from 0 to below 1 000 000 000 000, read as people write it, kept with two decimals",
    "yes_no": "yes, no, or nothing",
    "signature": "a PNG drawn on the page (at most 400,000 characters), or a typed name with its tick",
}
_CHECKS = {
    "approve": "four eyes: not by who wrote the text; a major case by a manager; alone only with a reason",
    "return_answer": "who leads, or who is asked for an approval of this answer",
    "sign_off": "a major case: four eyes as for approving; always the password, and the code where there is an app",
    "respond": "a major case only when it was approved",
    "forward": "a major complaint only by a manager",
    "answer_consultation": "only a question to the own department",
    "make_confidential": "the own case, or who leads",
    "lift_confidentiality": "the own case, or who leads",
    "let_know": "the own case, or who leads",
    "no_longer_let_know": "the own case, or who leads",
    "publish_rulebook": "four eyes: not by who wrote something of it; alone only with a reason",
    "hold_back": "what one released oneself or the own case, or who leads",
}


_ABOUT_FIELDS = """# Fields of the complaint form, their rules and limits

Made by `tools/security_tables.py` from the rulebook; a test compares. Every field is checked on the server, by
`cases/complaint.py`, whichever door it came through (page, colleague, program); the page only helps. A field that is
not here is refused by the API and not read from a page, and so is one of the house's sent by a customer. Text is
normalised once (Unicode NFC, no control characters, no lone surrogates) and then measured. Only the description is
required.

| No. | Field | Filled by | Read as | Longest |
|---|---|---|---|---|
"""
_ABOUT_FORM = """
## Over the whole form

- every other long text (messages, notes, answers, drafts): {characters:,} characters;
- files: {files}, each up to {megabytes} MB; what is over is read past and written nowhere;
- a typed signature: {signature} characters;
- a form that was sent and not taken is kept for {hours} hours;
- a body without files: 5 MB for a page, 8 MB for the API; at most 1,000 fields and 100 files in one request;
- the day of the event is neither before 1900 nor after today, nor after the day on which the form was completed;
- an address for mail has the shape of one; whether it is the customer's is not checked: the link is sent there.
"""
_ABOUT_VERBS = """# Who may do what

Made from the product and compared with it by a test, so it cannot differ from it.

## Verbs

Asked inside every action (`departments/authority.py`), whatever page or program calls it. `yes`: may, of those cases
that they see. Who sees which case is one function (`cases/queries/visible.py`): a handler and a supervisor the own
team's and the own, a contact only the questions to the department, an administrator none; a confidential case only who
is on its list.

"""
_ABOUT_PAGES = """

## Pages

What each address gives to a reader (GET), the best of what they may see: `page`, `form` (only takes a form; the verbs
above decide), `on` (leads on), `sign in`, `–` (the same as a page that does not exist), `no` (refused).

"""


def fields_document() -> str:
    """docs/security/fields.md: every field of the complaint form with its rule and limit."""
    from desagravo.rulebook import queries as rulebook

    limits = rulebook.form_limits()
    lines = []
    for group in rulebook.form("en"):
        for each in group.fields:
            longest = f"{each.max:,} characters" if each.max else ""
            who = {"house": "the house"}.get(each.by, each.by)
            lines.append(
                f"| {each.number} | `{each.code}` | {who} | {_READ_AS.get(each.type, each.type)} | {longest} |\n"
            )
    return (
        _ABOUT_FIELDS
        + "".join(lines)
        + _ABOUT_FORM.format(
            characters=limits.text_characters,
            files=limits.files,
            megabytes=limits.file_bytes // 2**20,
            signature=limits.signature_name,
            hours=limits.draft_hours,
        )
    )


def verbs() -> str:
    """docs/security/roles.md up to the pages: who may do what to a case in which status."""
    from desagravo.cases.lifecycle import PATH, STATUSES
    from desagravo.departments.authority import _CHECKS as CHECKED
    from desagravo.departments.authority import CUSTOMER, STAFF

    unsaid = set(CHECKED) ^ set(_CHECKS)
    if unsaid:
        raise SystemExit(f"tools/security_tables.py does not say what {', '.join(sorted(unsaid))} asks besides a role")
    columns = (
        "intake", "handler", "contact", "supervisor", "manager", "senior_manager", "auditor", "data_keeper",
        "administrator",
    )  # fmt: skip
    lines = [
        "| Verb | " + " | ".join(each.replace("_", " ") for each in columns) + " | customer | Status | Besides |",
        "|---|" + "---|" * (len(columns) + 3),
    ]
    for verb, roles in STAFF.items():
        steps = [step for step in PATH if step.verb == verb]
        leaves = {status for step in steps for status in step.leaves if status}
        statuses = ", ".join(each for each in STATUSES if each in leaves) if leaves != set(STATUSES) else "any"
        marks = ["yes" if each in roles else "" for each in columns] + ["own case" if verb in CUSTOMER else ""]
        lines.append(f"| `{verb}` | " + " | ".join(marks) + f" | {statuses} | {_CHECKS.get(verb, '')} |")
    return _ABOUT_VERBS + "\n".join(lines) + "\n"


def written(path: Path) -> str:
    """What a document says now; of roles.md only what stands before the pages."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return text.partition("\n" + PAGES)[0]


def pages() -> dict[str, dict[str, str]]:
    """The table of pages in roles.md: route → role → what a reader of that role meets."""
    table = (ROLES.read_text(encoding="utf-8") if ROLES.is_file() else "").partition(PAGES)[2]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    if not rows:
        return {}
    return {row[0].strip("`"): dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[2:]}


def write_pages(role: str, met: dict[str, str]) -> None:
    """Put one role's column into roles.md."""
    known = {route: found for route, found in pages().items() if route in met}
    roles = list(dict.fromkeys([*next(iter(known.values()), {}), role]))
    lines = [
        "| Address | " + " | ".join(roles) + " |",
        "|---|" + "---|" * len(roles),
    ]
    for route, mark in met.items():
        marks = {**known.get(route, {}), role: mark}
        lines.append(f"| `{route.replace('|', '¦')}` | " + " | ".join(marks.get(each, "") for each in roles) + " |")
    ROLES.write_text(written(ROLES) + "\n" + PAGES + _ABOUT_PAGES + "\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desagravo.settings.test")
    import django

    django.setup()
    if "--write" not in sys.argv[1:]:
        print(fields_document(), verbs(), sep="\n")
        return 0
    DOCS.mkdir(exist_ok=True)
    FIELDS.write_text(fields_document(), encoding="utf-8")
    rest = (ROLES.read_text(encoding="utf-8") if ROLES.is_file() else "").partition("\n" + PAGES)
    ROLES.write_text(verbs() + rest[1] + rest[2], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
