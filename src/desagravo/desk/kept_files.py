"""Files of a form that may be refused: kept on the server with the form's token, shown again, and removable."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from desagravo.cases import actions
from desagravo.cases.actions import KeptFile
from desagravo.common.refusals import Refusal
from desagravo.desk.doors import StaffRequest

_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass
class KeptForm:
    """What a form brought: its token, the files of this and earlier tries, and what was not taken."""

    token: str = field(default_factory=lambda: uuid4().hex)
    files: list[KeptFile] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def keep(self, fields: dict[str, Any] | None = None) -> None:
        """Keep it for the next try; only where there is something that the page itself cannot carry."""
        if self.files or fields:
            actions.keep_draft(self.token, fields or {}, self.files)

    def drop(self) -> None:
        """The form was taken."""
        actions.drop_draft(self.token)


def kept_form(request: StaffRequest, name: str = "files") -> KeptForm:
    """Take in what was sent with this POST, together with what an earlier try left, less what was removed."""
    token = request.POST.get("form_key", "")
    if not _TOKEN.fullmatch(token):
        token = uuid4().hex
    removed = request.POST.get("remove_file", "")
    earlier = [each for each in actions.draft_of(token).files if each.stored != removed]
    fresh, refused = actions.keep(request.FILES.getlist(name), already=len(earlier))  # type: ignore[arg-type]
    form = KeptForm(token, [*earlier, *fresh], refused)
    if fresh or removed:
        actions.keep_draft(token, {}, form.files)
    return form
