"""What a form shows when something is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desagravo.common.refusals import Missing


@dataclass(frozen=True)
class Problem:
    """One thing to be mended: the field's name, the id to go to, and the sentence."""

    field: str
    anchor: str
    sentence: str


def problems(missing: Missing, *, anchors: Mapping[str, str] | None = None, prefix: str = "f_") -> list[Problem]:
    """What a form shows at its top (``desk/parts/problems.html``) and beside the fields (``wrong``)."""
    given = anchors or {}
    return [
        Problem(field, given.get(field, prefix + field), problem.sentence())
        for field, found in missing.fields.items()
        for problem in found
    ]


def wrong(found: Iterable[Problem]) -> dict[str, str]:
    """Field → sentence, for templates: ``{{ wrong.answer }}``."""
    sentences: dict[str, str] = {}
    for problem in found:
        sentences[problem.field] = f"{sentences.get(problem.field, '')} {problem.sentence}".strip()
    return sentences
