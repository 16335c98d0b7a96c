"""Reading a complaint, whatever door it came through: what is malformed is refused with words, what is missing is not.

Completeness never refuses a complaint: only ``description`` is needed. A value that cannot be what it
claims to be (a date that is no date) is refused, and the door keeps everything that was typed.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from desagravo.common import money
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Missing, Refusal
from desagravo.common.text import tidy_line, tidy_text
from desagravo.departments import queries as departments
from desagravo.rulebook import decide
from desagravo.rulebook import queries as rulebook

METHODS = ("typed", "drawn")
"""How customers sign. That a form was signed on paper only a colleague can say, who has seen the paper."""
METHODS_AT_INTAKE = (*METHODS, "paper")
_LONGEST_SIGNATURE = 400_000
_PNG = b"\x89PNG\r\n\x1a\n"
_PHONE = re.compile(r"[+0-9][0-9 ()./-]{3,38}")
_DIGITS_ENOUGH = 6
"""With so many digits it is a telephone number, however it is written."""


@dataclass(frozen=True)
class Signature:
    """How a form was signed. ``image`` holds the PNG of a drawn one; ``method`` is empty where nobody signed."""

    method: str = ""
    name: str = ""
    image: bytes = b""


@dataclass(frozen=True)
class Complaint:
    """A complaint as it was read: tidy, checked, perhaps not complete."""

    description: str
    fields: dict[str, Any]
    signature: Signature
    language: str
    missing: tuple[str, ...] = field(default_factory=tuple)

    @property
    def occurred_on(self) -> date | None:
        """The day on which it happened, if it was told."""
        told = self.fields.get("occurred_on")
        return date.fromisoformat(told) if told else None

    def text(self, code: str) -> str:
        """A field as text, empty where it was not given."""
        return str(self.fields.get(code) or "")


def read_complaint(raw: Mapping[str, Any], *, today: date, by: Iterable[str] = ("customer",)) -> Complaint:
    """Read the fields of the model form (snake case) and the signature ``{"method", "name", "image"}``.

    ``today`` is the day of receipt at the organisation's place; ``by`` says whose fields may be given
    (``customer``, at intake also ``staff``, who may say too that it was signed on paper).

    Raises:
        Missing: every malformed field with its problems, all at once.
    """
    problems: dict[str, list[Refusal]] = {}
    fields: dict[str, Any] = {}
    known = {each.code: each for group in rulebook.form("en") for each in group.fields if each.by in set(by)}
    for code, value in raw.items():
        if code == "signature":
            continue
        form_field = known.get(code)
        if form_field is None or form_field.type == "files":
            problems[code] = [Refusal("unknown_field")]
            continue
        try:
            read = _READERS[form_field.type](value, form_field.max)
            if read not in ("", None, []):
                fields[code] = read
            _check_codes(code, read)
        except Refusal as problem:
            problems.setdefault(code, []).append(problem)
    description = fields.pop("description", "")
    if not description.strip() and "description" not in problems:
        problems["description"] = [Refusal("empty")]
    methods = METHODS_AT_INTAKE if "staff" in set(by) else METHODS
    signature = _signature(raw.get("signature"), problems, methods)
    _check_dates(fields, today, problems)
    if problems:
        raise Missing(problems)
    present = {*fields, "description"} | ({"signature"} if signature.method else set())
    return Complaint(
        description=description,
        fields=fields,
        signature=signature,
        language=str(fields.get("language", "")),
        missing=decide.missing(present),
    )


def _line(value: Any, longest: int) -> str:
    return _within(tidy_line(_text_of(value)), longest)


def _text(value: Any, longest: int) -> str:
    return _within(tidy_text(_text_of(value)).strip(), longest)


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refusal("bad_type", expected="text")
    return value


def _within(text: str, longest: int) -> str:
    if longest and len(text) > longest:
        raise Refusal("too_long", limit=longest)
    return text


def _date(value: Any, longest: int) -> str:
    text = tidy_line(_text_of(value))
    if not text:
        return ""
    try:
        if len(text) != len("2026-01-31"):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refusal("bad_date") from None


def _email(value: Any, longest: int) -> str:
    text = _line(value, longest)
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise Refusal("bad_email") from None
    return text


def _phone(value: Any, longest: int) -> str:
    """The number as it was written. Whether it exists cannot be known, and how people write it is their affair:
    only what can be no number at all, at home or abroad, is refused."""
    text = _line(value, longest)
    if not text or sum(each.isdecimal() for each in text) >= _DIGITS_ENOUGH:
        return text
    if not _PHONE.fullmatch(text):
        raise Refusal("bad_phone")
    try:
        phonenumbers.parse(text, departments.organisation().country or None)
    except phonenumbers.NumberParseException as problem:
        if text.startswith("+") or problem.error_type != problem.INVALID_COUNTRY_CODE:
            raise Refusal("bad_phone") from None
    return text


def _choices(value: Any, longest: int) -> list[str]:
    values = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(each, str) for each in values):
        raise Refusal("bad_type", expected="list of codes")
    return list(dict.fromkeys(tidy_line(each) for each in values if each.strip()))


def _list(value: Any, longest: int) -> list[str]:
    values = value.split("\n") if isinstance(value, str) else value or []
    if not isinstance(values, list) or len(values) > 50:
        raise Refusal("bad_type", expected="list of at most 50 texts")
    return [line for line in (_line(each, longest) for each in values) if line]


def _amount(value: Any, longest: int) -> str:
    """An amount with two decimals as text; a number, or text as people write it (``common.money``)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value < money.MOST:  # nor what is no number at all
            raise Refusal("bad_amount")
        amount = Decimal(value)
    elif text := _text_of(value).strip():
        try:
            amount = money.read(text)
        except ValueError:
            raise Refusal("bad_amount") from None
    else:
        return ""
    amount = amount.quantize(Decimal("0.01")) + 0
    if amount >= money.MOST:
        raise Refusal("bad_amount")
    return str(amount)


def _yes_no(value: Any, longest: int) -> bool | None:
    if value in (None, "", "unknown"):
        return None
    if value in (True, "yes", "on", "true"):
        return True
    if value in (False, "no", "false"):
        return False
    raise Refusal("bad_type", expected="yes or no")


_READERS: dict[str, Callable[[Any, int], Any]] = {
    "line": _line,
    "choice": _line,
    "text": _text,
    "date": _date,
    "email": _email,
    "phone": _phone,
    "choices": _choices,
    "list": _list,
    "amount": _amount,
    "yes_no": _yes_no,
}


def _check_codes(code: str, value: Any) -> None:
    allowed = _codes_of(code)
    if allowed is None or not value:
        return
    for each in value if isinstance(value, list) else [value]:
        if each not in allowed:
            raise Refusal("unknown_code", value=each[:60])


def _codes_of(code: str) -> set[str] | None:
    if code == "language":
        return set(LANGUAGES)
    if code == "remedy_requested":
        return {each.code for each in rulebook.remedies("en")}
    if code == "problem_category":
        return {each.code for group in rulebook.problem_categories("en") for each in group.categories}
    if code == "department_concerned":
        return {each.code for each in departments.departments()}
    return None


def _signature(raw: Any, problems: dict[str, list[Refusal]], methods: tuple[str, ...]) -> Signature:
    if raw in (None, "", {}):
        return Signature()
    raw = raw if isinstance(raw, Mapping) else {"": raw}
    method, name = raw.get("method") or "", raw.get("name") or ""
    if set(raw) - {"method", "name", "image"} or not (isinstance(method, str) and isinstance(name, str)):
        problems["signature"] = [Refusal("bad_type", expected="method, name, image")]
        return Signature()
    name = tidy_line(name)[:200]
    if method not in ("", *methods):
        problems["signature"] = [Refusal("unknown_code", value=str(method)[:60])]
        return Signature()
    if method != "drawn":
        return Signature(method, name) if method and name else Signature()
    try:
        image = _drawn(raw.get("image"))
    except ValueError:
        problems["signature"] = [Refusal("signature_unreadable")]
        return Signature()
    return Signature("drawn", name, image) if image else Signature()


def _drawn(image: Any) -> bytes:
    if isinstance(image, bytes):
        picture = image
    else:
        text = str(image or "").removeprefix("data:image/png;base64,")
        if not text:
            return b""
        try:
            picture = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise ValueError from None
    if not picture.startswith(_PNG) or len(picture) > _LONGEST_SIGNATURE:
        raise ValueError
    return picture


_NOBODY_REMEMBERS = "1900-01-01"
"""A year before this one is a slip of the fingers: 0206 for 2026."""


def _check_dates(fields: Mapping[str, Any], today: date, problems: dict[str, list[Refusal]]) -> None:
    happened, completed = fields.get("occurred_on", ""), fields.get("form_completed_on", "")
    if happened > today.isoformat():
        problems.setdefault("occurred_on", []).append(Refusal("future_date"))
    elif happened and happened < _NOBODY_REMEMBERS:
        problems.setdefault("occurred_on", []).append(Refusal("bad_date"))
    if completed > today.isoformat():
        problems.setdefault("form_completed_on", []).append(Refusal("after_receipt"))
    if happened and completed and happened > completed and not problems.get("occurred_on"):
        problems.setdefault("form_completed_on", []).append(Refusal("before_occurrence"))
