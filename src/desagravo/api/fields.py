"""The schema of the form, made from the rulebook: a field that is added there is documented here."""

from typing import Any

from desagravo.common.language import LANGUAGES
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.shapes import FormField

_SHAPES: dict[str, dict[str, Any]] = {
    "line": {"type": ["string", "null"]},
    "text": {"type": ["string", "null"]},
    "phone": {"type": ["string", "null"]},
    "email": {"type": ["string", "null"], "format": "email"},
    "date": {"type": ["string", "null"], "format": "date"},
    "choice": {"type": ["string", "null"]},
    "choices": {"type": ["array", "null"], "items": {"type": "string"}},
    "list": {"type": ["array", "null"], "maxItems": 50},
    "amount": {"type": ["string", "number", "null"]},
    "yes_no": {"type": ["boolean", "null"]},
}

_SIGNATURE: dict[str, Any] = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "properties": {
        "method": {"type": "string", "enum": ["typed", "drawn"], "title": "How it was signed"},
        "name": {"type": "string", "maxLength": 200, "title": "Name of the person who signed"},
        "image": {"type": "string", "title": "Drawn signature", "description": "A PNG of at most 400 kB in base64."},
    },
}

_FILES: dict[str, Any] = {
    "type": ["array", "null"],
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "content_base64"],
        "properties": {
            "name": {"type": "string", "title": "File name"},
            "content_base64": {"type": "string", "contentEncoding": "base64", "title": "Content"},
        },
    },
}

EXAMPLE: dict[str, Any] = {
    "complainant_name": "Inês Conceição",
    "email": "ines@example.org",
    "phone": "+351912345678",
    "postal_address": "Rua A 1, Porto",
    "description": "O frigorífico deixou de arrefecer ao segundo dia.",
    "occurred_on": "2026-01-05",
    "form_completed_on": "2026-01-07",
    "language": "pt-pt",
    "signature": {"method": "typed", "name": "Inês Conceição"},
    "remedy_requested": ["replace"],
    "order_number": "A-1234",
}
_FIXED = frozenset({"description", "language"})
"""What cannot be changed once a complaint is filed."""


def complaint_schema() -> dict[str, Any]:
    """The body of a filing."""
    return _object(_customer_fields(), required=["description"], example=EXAMPLE)


def completion_schema() -> dict[str, Any]:
    """The body of a completion: the same fields, without those that stay as they were filed."""
    fields = [each for each in _customer_fields() if each.code not in _FIXED and each.type != "files"]
    return _object(fields, required=[], example={"occurred_on": "2026-01-05"})


def files_schema() -> dict[str, Any]:
    """Files in a body."""
    return {**_FILES, "maxItems": rulebook.form_limits().files}


def _customer_fields() -> list[FormField]:
    return [each for group in rulebook.form("en") for each in group.fields if each.by == "customer"]


def _object(fields: list[FormField], *, required: list[str], example: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {each.code: _property(each) for each in fields},
        "examples": [example],
    }
    return {**schema, "required": required} if required else schema


def _property(field: FormField) -> dict[str, Any]:
    words = {"title": field.label, **({"description": field.hint} if field.hint else {})}
    if field.type == "signature":
        return {**_SIGNATURE, **words}
    if field.type == "files":
        return {**files_schema(), **words, "description": _about_files()}
    shape: dict[str, Any] = {**_SHAPES[field.type], **words}
    if field.type == "list":
        shape["items"] = {"type": "string", "maxLength": field.max}
    elif field.max and field.type in {"line", "text", "phone", "email"}:
        shape["maxLength"] = field.max
    if field.code == "description":
        shape |= {"type": "string", "minLength": 1}
    return shape | _codes(field.code)


def _codes(code: str) -> dict[str, Any]:
    """The codes of a field that has some, each with its meaning."""
    names: dict[str, str] = {}
    if code == "language":
        names = LANGUAGES
    elif code == "remedy_requested":
        names = {each.code: each.name for each in rulebook.remedies("en")}
    elif code == "problem_category":
        names = {each.code: each.name for group in rulebook.problem_categories("en") for each in group.categories}
    if not names:
        return {}
    meaning = "; ".join(f"`{each}` {name}" for each, name in names.items())
    if code == "language":
        return {"enum": [*names, None], "description": f"Language in which we answer: {meaning}."}
    return {"items": {"type": "string", "enum": list(names)}, "description": f"Codes: {meaning}."}


def _about_files() -> str:
    limits = rulebook.form_limits()
    return (
        f"At most {limits.files} files of any kind, as many as fit into the body (8 MB in all). "
        f"Larger ones, up to {limits.file_bytes // 2**20} MB each, are added on the customer's page."
    )
