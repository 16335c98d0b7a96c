"""Books as TOML files: written so that people can read them, read back with the line of every problem. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import Item

from desagravo.rulebook.grammar import name_of
from desagravo.rulebook.problems import Place, Problem
from desagravo.rulebook.problems import sentence as _

_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_NARROW = 100


def read(content: bytes, here: Place) -> tuple[dict[str, Any], list[Problem]]:
    """The table of a file; empty and with its problem where it is no TOML."""
    try:
        return tomllib.loads(content.decode("utf-8-sig")), []
    except UnicodeDecodeError:
        words = _("The file is not written in UTF-8. Save it as UTF-8 and try again.")
        return {}, [Problem(here, words)]
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line = int(found[1]) if found else 0
        at = Place(here.book, here.path, here.file, line)
        column = found[2] if found else "?"
        reason = _AT.sub("", str(error)).strip()
        words = _("The file cannot be read at column %(column)s: %(reason)s.", column=column, reason=reason)
        return {}, [Problem(at, words)]


def write(table: Mapping[str, Any], *, heading: str = "") -> str:
    """The table as a TOML file. Read again it gives exactly the same.

    Raises:
        ValueError: the table holds what TOML cannot say.
    """
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    text = "\n".join([*lines, *(["\n"] if lines else []), *_body(table, ())]).lstrip("\n") + "\n"
    if tomllib.loads(text) != _plainly(table):
        raise ValueError("this book cannot be written as TOML")
    return text


def _body(table: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[str]:
    """First what stands on a line, then the tables, then the rows: as TOML needs it."""
    tables = {key: value for key, value in table.items() if _is_table(value)}
    rows = {key: value for key, value in table.items() if _is_rows(value)}
    for key, value in table.items():
        if key not in tables and key not in rows:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        inner = (*way, key)
        if not value or any(not _is_table(each) and not _is_rows(each) for each in value.values()):
            yield f"\n[{_dotted(inner)}]"
        yield from _body(value, inner)
    for key, value in rows.items():
        for row in value:
            yield f"\n[[{_dotted((*way, key))}]]"
            yield from _body(row, (*way, key))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and not _fits(value)


def _is_rows(value: Any) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(row, Mapping) for row in value):
        return False
    return any("code" in row or "key" in row for row in value) or not all(_fits(row) for row in value)


def _fits(value: Any) -> bool:
    """Is it short enough to stand on one line? Words in several languages always do, unless they have lines."""
    if isinstance(value, str):
        return "\n" not in value
    if isinstance(value, Mapping):
        if not value:
            return False
        return all(_fits(each) and not (isinstance(each, Mapping) and len(each) > 1) for each in value.values())
    if isinstance(value, list):
        return all(_fits(each) for each in value)
    return True


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }" if value else "{}"
        )
    if isinstance(value, list):
        parts = [_value(each) for each in value]
        whole = "[" + ", ".join(parts) + "]"
        if len(whole) <= _NARROW or not any(isinstance(each, Mapping) for each in value):
            return whole
        return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"
    if isinstance(value, str) and "\n" in value and _may_have_lines(value):
        return '"""\n' + value.replace("\\", "\\\\").replace('"""', '""\\"') + '"""'
    item: Item = tomlkit.item(value)
    return item.as_string()


def _may_have_lines(text: str) -> bool:
    """A text of several lines is written as one, unless it holds what an editor or TOML would change."""
    return not text.endswith('"') and not any(
        (ord(letter) < 32 and letter not in "\n\t") or letter == "\x7f" for letter in text
    )


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else tomlkit.item(key).as_string()


def _dotted(way: Sequence[str]) -> str:
    return ".".join(map(_key, way))


def _plainly(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plainly(inner) for key, inner in value.items()}
    return [_plainly(each) for each in value] if isinstance(value, list | tuple) else value


class Lines:
    """Where everything stands in the text of a TOML file that was read without a problem."""

    def __init__(self, text: str, table: Mapping[str, Any]) -> None:
        self._table = table
        self._text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self._at, self._line = 0, 1
        self._found: dict[tuple[str | int, ...], int] = {}
        self._rows: dict[tuple[str | int, ...], int] = {}
        self._read()

    def of(self, path: Sequence[str]) -> int:
        """The line of a place, or of the nearest place above it that the file has."""
        way: list[str | int] = []
        line = 1
        value: Any = self._table
        for step in path:
            if isinstance(value, list):
                number = next((at for at, row in enumerate(value) if name_of(row, at + 1) == step), None)
                if number is None:
                    break
                way.append(number)
                value = value[number]
            elif isinstance(value, Mapping) and step in value:
                way.append(step)
                value = value[step]
            else:
                break
            line = self._found.get(tuple(way), line)
        return line

    def _read(self) -> None:
        prefix: tuple[str | int, ...] = ()
        while self._skip():
            line = self._line
            if self._text.startswith("[", self._at):
                double = self._text.startswith("[[", self._at)
                self._go(2 if double else 1)
                prefix = self._table_at(self._keys("]"), double)
                self._go(2 if double else 1)
                self._found.setdefault(prefix, line)
            else:
                way = (*prefix, *self._keys("="))
                self._go(1)
                self._found.setdefault(way, line)
                self._read_value(way)

    def _table_at(self, keys: Sequence[str], double: bool) -> tuple[str | int, ...]:
        way: tuple[str | int, ...] = ()
        for key in keys[:-1]:
            way = (*way, key)
            if way in self._rows:
                way = (*way, self._rows[way])
        way = (*way, keys[-1])
        if double:
            self._rows[way] = self._rows.get(way, -1) + 1
            self._found.setdefault(way, self._line)
            way = (*way, self._rows[way])
        return way

    def _keys(self, end: str) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip()
            if self._text[self._at] in "\"'":
                start = self._at
                self._string()
                keys.append(str(tomllib.loads(f"k = {self._text[start : self._at]}")["k"]))
            else:
                start = self._at
                while self._text[self._at] not in f" \t.{end}":
                    self._go(1)
                keys.append(self._text[start : self._at])
            self._skip()
            if self._text[self._at] == end:
                return keys
            self._go(1)

    def _read_value(self, way: tuple[str | int, ...]) -> None:
        self._skip()
        letter = self._text[self._at]
        if letter == "[":
            self._go(1)
            number = 0
            while self._skip() and self._text[self._at] != "]":
                if self._text[self._at] == ",":
                    self._go(1)
                    continue
                self._found.setdefault((*way, number), self._line)
                self._read_value((*way, number))
                number += 1
            self._go(1)
        elif letter == "{":
            self._go(1)
            while self._skip() and self._text[self._at] != "}":
                if self._text[self._at] == ",":
                    self._go(1)
                    continue
                line = self._line
                inner = (*way, *self._keys("="))
                self._go(1)
                self._found.setdefault(inner, line)
                self._read_value(inner)
            self._go(1)
        elif letter in "\"'":
            self._string()
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}#\n":
                self._go(1)

    def _string(self) -> None:
        quote = self._text[self._at]
        end = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._go(len(end))
        while not self._text.startswith(end, self._at):
            self._go(2 if quote == '"' and self._text[self._at] == "\\" else 1)
        self._go(len(end))
        while len(end) == 3 and self._text.startswith(quote, self._at):
            self._go(1)

    def _skip(self) -> bool:
        """Over spaces, lines and comments; is anything left?"""
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._go((end if end >= 0 else len(self._text)) - self._at)
            elif self._text[self._at] in " \t\n\r":
                self._go(1)
            else:
                return True
        return False

    def _go(self, letters: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + letters)
        self._at += letters
