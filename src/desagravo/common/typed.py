"""What a form brought: text that a database can keep, and the words that a refusal must give back."""

from __future__ import annotations

from django.http import QueryDict

_NO_WORDS = frozenset(
    {
        "csrfmiddlewaretoken", "password", "again", "form_key", "token", "kept", "brought", "version", "text_sha256",
        "signature_drawn", "way", "do", "box", "channel", "channel_now", "language", "signing", "settled", "outcome",
        "flag", "department", "department_concerned", "to", "currency", "template", "remove_file", "remedy",
        "remedy_requested", "remedy_delivered", "problem_category", "decision",
    }
)  # fmt: skip
_ANSWERS = frozenset({"", "yes", "no", "on", "none_due", "unknown"})
_SECRET = frozenset({"csrfmiddlewaretoken", "password", "again"})


def without_nul(post: QueryDict) -> QueryDict:
    """The same fields with every NUL, which no database keeps, marked as U+FFFD."""
    if not any("\x00" in text for key, texts in post.lists() for text in (key, *texts)):
        return post
    clean = QueryDict(mutable=True)
    for key, texts in post.lists():
        clean.setlist(key.replace("\x00", "\ufffd"), [text.replace("\x00", "\ufffd") for text in texts])
    return clean


def words_of(post: QueryDict) -> list[str]:
    """What a person wrote into a form, in its order, without what was only ticked or chosen, and never a password."""
    written = [text for key, texts in post.lists() if key not in _NO_WORDS for text in texts]
    return [text for text in written if text.strip() not in _ANSWERS]


def to_send_again(post: QueryDict) -> list[tuple[str, str]]:
    """Every field and value, for a form that sends them once more; secrets are typed anew."""
    return [(key, text) for key, texts in post.lists() if key not in _SECRET for text in texts]
