"""What a form brought besides words: its random token and its files, those kept from an earlier try among them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import HttpRequest, QueryDict

from desagravo.cases import actions
from desagravo.cases.actions import Draft, KeptFile
from desagravo.cases.files import Upload
from desagravo.common.refusals import Refusal

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")


def new_token() -> str:
    """A name for one form that nobody can guess: it keeps the form's draft, and makes sending it twice one sending."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Parcel:
    """The token, the files that are in the store, and what was not taken and why."""

    token: str = field(default_factory=new_token)
    files: tuple[KeptFile, ...] = ()
    problems: tuple[str, ...] = ()
    kept: bool = False
    draft: Draft = field(default_factory=Draft)

    def keep(self, values: dict[str, Any]) -> Parcel:
        """Keep words and files on the server for the next try."""
        actions.keep_draft(self.token, values, self.files)
        return Parcel(self.token, self.files, self.problems, True)


def token_of(post: QueryDict) -> str:
    """The token that the form came with, or a new one."""
    told = post.get("token", "")
    return told if _TOKEN.fullmatch(told) else new_token()


def parcel_of(request: HttpRequest, post: QueryDict) -> Parcel:
    """The parcel of a posted form. ``remove_file`` names a kept file that the customer takes out."""
    token = token_of(post)
    draft = actions.draft_of(token) if post.get("kept") and token == post.get("token") else Draft()
    before = tuple(each for each in draft.files if each.stored not in post.getlist("remove_file"))
    taken, problems = keep_files(request, already=len(before))
    return Parcel(token, (*before, *taken), tuple(each.sentence() for each in problems), bool(draft.files), draft)


def keep_files(request: HttpRequest, *, already: int = 0) -> tuple[list[KeptFile], list[Refusal]]:
    """Store the files of this request that are within the limits, and tell which are not."""
    return actions.keep(cast("list[Upload]", request.FILES.getlist("files")), already=already)
