"""Fields for what no description knows: a key that a book has all the same is shown and can be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from desagravo.administration.rulebook import fields as kinds
from desagravo.administration.rulebook.fields import Field, Rows, Table
from desagravo.common.language import LANGUAGES


def complete(fields: Sequence[Field], table: Mapping[str, Any], *, known: Sequence[str] = ()) -> tuple[Field, ...]:
    """The fields, and one for each key of the table that has none; so in everything beneath, too."""
    made = [_deeper(each, table.get(each.key)) for each in fields]
    there = {each.key for each in fields} | {"code", *known}
    return (*made, *(guess(key, value) for key, value in table.items() if key not in there))


def _deeper(field: Field, value: Any) -> Field:
    if isinstance(field, Table) and isinstance(value, list):
        field = Rows(
            key=field.key, label=field.label, hint=field.hint, one=field.one, fields=field.fields, code_from=""
        )
    if isinstance(field, Table) and isinstance(value, Mapping):
        return replace(field, fields=complete(field.fields, value))
    if isinstance(field, Rows) and value:
        return replace(field, fields=complete(field.fields, _all_keys(field.listed(value)), known=(field.code,)))
    return field


def _all_keys(rows: Sequence[Any]) -> dict[str, Any]:
    """A table with every key that any of the rows has; lists and tables of all rows together."""
    found: dict[str, Any] = {}
    for row in rows:
        for key, value in row.items() if isinstance(row, Mapping) else ():
            had = found.get(key)
            if isinstance(had, list) and isinstance(value, list):
                found[key] = [*had, *value]
            elif isinstance(had, Mapping) and isinstance(value, Mapping):
                found[key] = {**had, **value}
            else:
                found[key] = value
    return found


def guess(key: str, value: Any) -> Field:  # noqa: PLR0911  one line for each shape
    """A field for a value of this shape, called by its key."""
    label = key.replace("_", " ").replace("-", " ").capitalize()
    if isinstance(value, Mapping):
        if value and set(value) <= set(LANGUAGES):
            if all(isinstance(each, list) for each in value.values()):
                return kinds.LinesInLanguages(key=key, label=label, optional=True)
            long = any("\n" in str(each) or len(str(each)) > 90 for each in value.values())
            return kinds.Texts(key=key, label=label, long=long, optional=True)
        if value and all(isinstance(each, list) for each in value.values()):
            return Table(key=key, label=label, fields=tuple(guess(each, inner) for each, inner in value.items()))
        return Table(key=key, label=label, fields=complete((), value))
    if isinstance(value, list):
        return _guess_list(key, label, value)
    if isinstance(value, bool):
        return kinds.Flag(key=key, label=label)
    if isinstance(value, int | float):
        return kinds.Whole(key=key, label=label, optional=True)
    if isinstance(value, date):
        return kinds.Day(key=key, label=label, optional=True)
    return kinds.Line(key=key, label=label, optional=True)


def _guess_list(key: str, label: str, value: list[Any]) -> Field:
    if not value or not isinstance(value[0], Mapping):
        return kinds.Lines(key=key, label=label, optional=True)
    if all(set(each) <= set(LANGUAGES) for each in value):
        text = (kinds.Texts(key="text", label=label, optional=True),)
        return Rows(key=key, label=label, one=label, fields=text, bare=True, code_from="", optional=True)
    return Rows(
        key=key, label=label, one=label, fields=complete((), _all_keys(value), known=("code",)), code_from="",
        optional=True,
    )  # fmt: skip
