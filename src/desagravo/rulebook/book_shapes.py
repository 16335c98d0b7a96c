"""How each book of an edition is built. Pure, without Django.

The files of the starter edition say at their top what the keys mean; the examiners of ``schema`` look at what a shape
cannot see (does the department exist, does the last rule hold for every case).
"""

from __future__ import annotations

from collections.abc import Mapping

from desagravo.rulebook.grammar import (
    AMOUNT,
    ANYTHING,
    CODE,
    DAY,
    HOUR,
    LISTS_OF_WORDS,
    SOME_WORDS,
    TEXT,
    WORDS,
    YES_NO,
    Keyed,
    Many,
    OneOf,
    Rows,
    Shape,
    Table,
    Whole,
)
from desagravo.rulebook.letters import PURPOSES

_CODES = Many(CODE)
_TEXTS = Many(TEXT)
_NAMED: Mapping[str, Shape] = {"code": CODE, "name": WORDS}
_CLAUSE = Table(
    {
        "triage?": Keyed(_CODES),
        "outcome?": OneOf(("minor", "major")),
        "categories?": _TEXTS,
        "remedies?": _CODES,
        "flags?": _CODES,
        "amount_at_least?": AMOUNT,
        "keywords?": ANYTHING,
        "channels?": _CODES,
        "decisions?": _CODES,
    }
)
_BINDING = Many(
    Table(
        {
            "country?": _TEXTS,
            "channel?": _CODES,
            "categories?": _TEXTS,
            "attributes?": Keyed(ANYTHING),
            "amount_at_least?": AMOUNT,
        }
    )
)

SHAPES: Mapping[str, Shape] = {
    "edition": Table({"code?": CODE, "review_by": DAY, "name": WORDS, "about": WORDS}),
    "departments": Table(
        {
            "department": Rows(
                {
                    **_NAMED,
                    "colour": OneOf(tuple(f"d{number}" for number in range(1, 9))),
                    "due_days": Whole(1, 365),
                    "purpose": WORDS,
                    "question": Rows({"code": CODE, "text": WORDS}),
                },
                least=1,
            )
        }
    ),
    "categories": Table({"group": Rows({**_NAMED, "category": Rows({**_NAMED, "text?": YES_NO}, least=1)}, least=1)}),
    "remedies": Table({"remedy": Rows({**_NAMED, "money": YES_NO}, least=1)}),
    "form": Table(
        {
            "must": Many(CODE, 1),
            "limits": Table(
                {
                    "text_characters": Whole(1),
                    "files": Whole(1),
                    "file_bytes": Whole(1),
                    "draft_hours": Whole(1),
                    "signature_name": Whole(1),
                }
            ),
            "complete_when": Rows({"code": CODE, "any_of": Many(CODE, 1), "ask": WORDS}),
            "group": Rows(_NAMED, least=1),
            "field": Rows(
                {
                    "number": Whole(1, 35),
                    "code": CODE,
                    "group": CODE,
                    "by": OneOf(("customer", "staff", "house")),
                    "type": OneOf(
                        (
                            "line",
                            "text",
                            "date",
                            "email",
                            "phone",
                            "choice",
                            "choices",
                            "amount",
                            "yes_no",
                            "files",
                            "signature",
                            "list",
                        )
                    ),
                    "max?": Whole(1),
                    "label": WORDS,
                    "hint?": WORDS,
                    "core?": YES_NO,
                },
                least=1,
            ),
        }
    ),
    "guidance": Table(
        {
            "admission?": LISTS_OF_WORDS,
            "advice": Rows(
                {
                    "code": CODE,
                    "channels?": Many(OneOf(("phone", "counter", "post"))),
                    "title": WORDS,
                    "rule": WORDS,
                    "say": Many(WORDS),
                    "avoid": Many(WORDS),
                },
                least=1,
            ),
        }
    ),
    "letters": Table(
        {
            "standing": Keyed(Table({"text": WORDS})),
            "letter": Rows(
                {
                    **_NAMED,
                    "kind": OneOf(("letter", "mail", "both")),
                    "purpose?": OneOf(PURPOSES),
                    "subject": WORDS,
                    "body": WORDS,
                },
                least=1,
            ),
        }
    ),
    "targets": Table(
        {
            "zone": TEXT,
            "business_day_ends": HOUR,
            "weekend": Many(Whole(0, 6)),
            "target": Rows({**_NAMED, "days": Whole(1, 365), "about": WORDS}, least=1),
        }
    ),
    "stages": Table(
        {"stage": Rows(_NAMED, least=1), "status": Rows({"code": CODE, "stage": CODE, "sentence": WORDS}, least=1)}
    ),
    "closing_codes": Table(
        {
            "requirement": Keyed(Table({"name": WORDS})),
            "axis": Rows(
                {
                    **_NAMED,
                    "choice": OneOf(("one", "several")),
                    "question": WORDS,
                    "option": Rows(
                        {
                            **_NAMED,
                            "scope": WORDS,
                            "requires": _CODES,
                            "next?": _CODES,
                            "ends?": OneOf(("accepted", "withdrawn", "elsewhere")),
                            "case_status?": CODE,
                            "valid_from?": DAY,
                            "valid_until?": DAY,
                        },
                        least=1,
                    ),
                },
                least=1,
            ),
            "report?": Rows(
                {
                    **_NAMED,
                    "review_by": DAY,
                    "evidence?": TEXT,
                    "source?": TEXT,
                    "value": Rows(_NAMED, least=1),
                    "line": Many(Table({"says": CODE, "when?": Keyed(_CODES)}), 1),
                }
            ),
            "outside_outcome?": Rows(_NAMED),
            "outside_effect?": Rows(_NAMED),
        }
    ),
    "retention": Table(
        {
            "keep": Rows(
                {
                    **_NAMED,
                    "what": OneOf(("record", "recording")),
                    "n": Whole(1),
                    "unit": OneOf(("days", "months", "years")),
                    "from": OneOf(("received", "answered", "closed", "recorded")),
                    "months_rule?": OneOf(("next_day", "clamp")),
                    "categories?": _TEXTS,
                    "evidence?": TEXT,
                    "review_by?": DAY,
                },
                least=1,
            ),
            "reminder": Table({"month": Whole(1, 12)}),
        }
    ),
    "rulebooks": Table(
        {
            "attribute": Rows(
                {
                    "code": CODE,
                    "kind": OneOf(("yes_no", "choice")),
                    "text": WORDS,
                    "hint?": WORDS,
                    "option?": Rows(_NAMED, least=1),
                    "arises?": YES_NO,
                    "at_first?": ANYTHING,
                }
            ),
            "derived": Many(Table({"attribute": CODE, "value": ANYTHING, "when": _BINDING})),
            "applies": Rows({"code": CODE, "policy": CODE, "reason": WORDS, "when": _BINDING}),
        }
    ),
    "phrases": Table(
        {
            "kind": Keyed(
                Table(
                    {
                        "stops": YES_NO,
                        "in": Many(OneOf(("letter", "answer", "message"))),
                        "name": WORDS,
                        "about": WORDS,
                    }
                )
            ),
            "unless?": Many(Table({"kinds": _CODES, "within": Whole(1, 20), "words": ANYTHING})),
            "turn?": Table({"words": ANYTHING}),
            "phrase": Rows({"code": CODE, "kind": CODE, "words": ANYTHING, "better": SOME_WORDS}),
        }
    ),
    "content": Table(
        {
            "purpose": Rows({"code": CODE, "sections": _TEXTS, "always": _CODES, "past_limit?": _CODES}, least=1),
            "item": Rows(
                {
                    **_NAMED,
                    "fact?": CODE,
                    "person?": YES_NO,
                    "when?": OneOf(("always", "not_fully_granted", "refused")),
                    "placeholders?": _CODES,
                    "phrases?": ANYTHING,
                    "wording?": WORDS,
                    "todo": WORDS,
                },
                least=1,
            ),
        }
    ),
    "bodies": Table(
        {
            "body": Rows(
                {
                    **_NAMED,
                    "country": TEXT,
                    "policies": _TEXTS,
                    "sectors": _CODES,
                    "address?": TEXT,
                    "phone?": TEXT,
                    "website?": TEXT,
                    "since?": DAY,
                    "evidence": OneOf(("V", "S", "R", "I")),
                    "review_by": DAY,
                    "source?": TEXT,
                }
            ),
        }
    ),
    "routing": Table(
        {
            "flag": Rows(_NAMED),
            "rule": Rows(
                {"code": CODE, "department": CODE, "question": CODE, "reason": WORDS, "when": Many(_CLAUSE, 1)}
            ),
        }
    ),
}
"""Name of the book → its shape. Triage, approvals and assignment are looked at by ``schema_decide`` alone."""
