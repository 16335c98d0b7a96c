"""The catalogues of translations: are they complete, and --update brings them up to date with the sources.

Sentences are found in Python (Babel's extractor) and in Django's templates (the one below, on Django's own lexer, since
Babel has none). `pt` must be complete; `es` may still have gaps; `pt_BR` holds only what differs from `pt`, and none of
the words that are said in Portugal only (words_of_portugal.txt).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace
from django.utils.translation.template import block_re, constant_re, endblock_re, inline_re, plural_re

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "desagravo"
LOCALE = SOURCE / "locale"
COMPLETE, ALL = ("pt", "es"), ("pt", "pt_BR", "es")
ONLY_DIFFERENCES = ("pt_BR",)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w[^)]*)\)[sd]|\{(\w*)\}|%%|%[sd]")
Found = tuple[int, str | tuple[str, str], str | None]


def main() -> int:
    template = sources()
    if "--update" in sys.argv[1:]:
        update(template)
    problems = [problem for language in ALL for problem in check(language, template)]
    for problem in problems[:60]:
        print(problem)
    if len(problems) > 60:
        print(f"… and {len(problems) - 60} more")
    print(f"{len(template)} sentences; " + ("all is well" if not problems else f"{len(problems)} problems"))
    if problems:
        print("Bring the catalogues up to date with: .venv/bin/python tools/translations.py --update")
    return 1 if problems else 0


def sources() -> Catalog:
    """Every sentence of the sources, with the files that it stands in."""
    template = Catalog(project="Desagravo", charset="utf-8", fuzzy=False)
    for path in sorted(SOURCE.rglob("*")):
        if "migrations" in path.parts or path.suffix not in {".py", ".html", ".txt", ".svg"}:
            continue
        for _line, message, context in _sentences(path):
            template.add(message, locations=[(str(path.relative_to(ROOT)), 0)], context=context)
    return template


def _sentences(path: Path) -> Iterator[Found]:
    if path.suffix == ".py":
        for line, message, _comments, context in extract_from_file("python", str(path), keywords=KEYWORDS):
            yield line, message, context
    elif "templates" in path.parts:
        yield from template_sentences(path.read_text(encoding="utf-8"))


def template_sentences(source: str) -> Iterator[Found]:
    """The sentences of one Django template: {% translate %}, {% blocktranslate %} with its plural, and _("…")."""
    block: _Block | None = None
    in_comment = False
    for token in Lexer(source).tokenize():
        words = token.contents
        if in_comment or (token.token_type is TokenType.BLOCK and words.split()[:1] == ["comment"]):
            in_comment = words != "endcomment"
        elif block is not None:
            if token.token_type is TokenType.BLOCK and endblock_re.match(words):
                yield block.found()
                block = None
            else:
                block.add(token)
        elif token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            for constant in constant_re.findall(words):
                yield token.lineno or 0, _literal(constant), None
            if token.token_type is TokenType.BLOCK and (inline := inline_re.match(words)):
                yield token.lineno or 0, _literal(inline[1]), inline[3][1:-1] if inline[3] else None
            elif token.token_type is TokenType.BLOCK and (opening := block_re.match(words)):
                block = _Block(token, opening)


class _Block:
    """A {% blocktranslate %} that is being read."""

    def __init__(self, token: Token, opening: re.Match[str]) -> None:
        self.line = token.lineno or 0
        self.context = opening[2][1:-1] if opening[2] else None
        self.trimmed = "trimmed" in token.split_contents()
        self.parts: list[list[str]] = [[]]

    def add(self, token: Token) -> None:
        if token.token_type is TokenType.BLOCK and plural_re.match(token.contents):
            self.parts.append([])
        elif token.token_type is TokenType.VAR:
            self.parts[-1].append(f"%({token.contents})s")
        elif token.token_type is TokenType.TEXT:
            self.parts[-1].append(token.contents.replace("%", "%%"))

    def found(self) -> Found:
        texts = [trim_whitespace(text) if self.trimmed else text for text in map("".join, self.parts)]
        return self.line, texts[0] if len(texts) == 1 else (texts[0], texts[1]), self.context


def _literal(quoted: str) -> str:
    """Django looks a literal of a template up with its percent signs doubled."""
    return quoted[1:-1].replace("%", "%%")


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.is_file():
        return Catalog(locale=language, project="Desagravo", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(template: Catalog) -> None:
    """Bring in new sentences and drop those that are gone; translations stay as they are."""
    for language in ALL:
        catalogue = read(language)
        catalogue.fuzzy = False
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if language in ONLY_DIFFERENCES:
            for message in [message for message in catalogue if message.id and not _translated(message)]:
                catalogue.delete(message.id, message.context)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, include_lineno=False, sort_by_file=True)


def check(language: str, template: Catalog) -> Iterator[str]:
    """What is wrong with one catalogue, as lines for people."""
    catalogue = read(language)
    foreign = words_of_portugal() if language == "pt_BR" else None
    behind = read("pt") if language == "pt_BR" else None
    for wanted in template:
        if not wanted.id:
            continue
        message = catalogue.get(wanted.id, wanted.context)
        if behind and (message is None or not _translated(message)):
            message = behind.get(wanted.id, wanted.context)  # what a reader in Brazil sees then
        if message is None or not _translated(message):
            if language in COMPLETE:
                yield f"{language}: not translated: {_shown(wanted.id)}"
            continue
        if message.fuzzy:
            yield f"{language}: marked as doubtful: {_shown(wanted.id)}"
        yield from (f"{language}: {trouble}: {_shown(wanted.id)}" for trouble in _troubles(message, foreign))


def _troubles(message: Any, foreign: re.Pattern[str] | None) -> Iterator[str]:
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    words = [message.string] if isinstance(message.string, str) else list(message.string)
    most = set().union(*(_placeholders(original) for original in originals))
    for text in words:
        if _placeholders(text) - most or (len(originals) == 1 and _placeholders(text) != most):
            yield f"placeholders differ ({', '.join(sorted(_placeholders(text) ^ most))})"
        if foreign and (found := foreign.search(text)):
            yield f"“{found[0]}” is not said in Brazil"


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text) if match[0] != "%%"}


def _translated(message: Any) -> bool:
    if isinstance(message.string, tuple | list):
        return all(message.string)
    return bool(message.string)


def words_of_portugal() -> re.Pattern[str]:
    """Finds what is said in Portugal and not in Brazil."""
    lines = (Path(__file__).with_name("words_of_portugal.txt")).read_text(encoding="utf-8").splitlines()
    words = [line.partition("#")[0].strip() for line in lines]
    return re.compile(r"\b(" + "|".join(re.escape(word) for word in words if word) + r")\b", re.IGNORECASE)


def _shown(identity: str | tuple[str, ...]) -> str:
    return identity if isinstance(identity, str) else identity[0]


if __name__ == "__main__":
    sys.exit(main())
