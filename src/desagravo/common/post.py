"""Mail to an address of the house: the one slot into which every room and door puts such a mail.

The channel that sends them (``channels.mail``) registers itself here, because what lies below it must not call it::

    from desagravo.common import post

    post.mail("invitation", to="rui@casa.example", language="pt-pt", values={"name": "Rui"}, link="https://…/s3cret/")

Call it inside the transaction of what it tells of: both stay or neither does. The letters and their words are in
``channels/mail/house_letters.py``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Post(Protocol):
    """What sends mail to the house."""

    def __call__(self, letter: str, *, to: str, language: str, values: Mapping[str, str], link: str, key: str) -> bool:
        """Queue one mail; False where nothing leaves this product."""


_post: list[tuple[Post, Callable[[], bool], Callable[[], Any], Callable[[str], str]]] = []


def register(send: Post, ready: Callable[[], bool], trouble: Callable[[], Any], last_key: Callable[[str], str]) -> None:
    """The channel that sends such mails; how it tells whether anything leaves this product, what is wrong, and under
    which key a letter was ordered last."""
    _post[:] = [(send, ready, trouble, last_key)]


def last_key(letter: str) -> str:
    """Under which key this letter was ordered last; empty where it never was."""
    return _post[0][3](letter) if _post else ""


def trouble() -> Any:
    """What administrators should know (``missing``, ``since``, ``waiting``), for a banner; None while mail leaves."""
    return _post[0][2]() if _post else None


def ready() -> bool:
    """Is there a mail server? Without one a mail waits, and who needs its link should be shown it."""
    return bool(_post) and _post[0][1]()


def mail(
    letter: str,
    *,
    to: str,
    language: str = "en",
    values: Mapping[str, str] | None = None,
    link: str = "",
    key: str = "",
) -> bool:
    """Queue a mail to somebody of the house; False where there is no mail server, so that the caller says so.

    ``values`` fill the letter's places. ``link`` is a secret: it is kept encrypted under a key that does not lie in
    the database, until the mail has left. With a ``key`` ("checkpoint 12") the mail is queued once, however often this
    is called.

    Raises:
        KeyError: there is no such letter.
    """
    if not _post:
        return False
    return _post[0][0](letter, to=to, language=language, values=values or {}, link=link, key=key)
