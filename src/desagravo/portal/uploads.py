"""Files on the way in: what is over the limits is read past and not written anywhere.

Only its name and true size stay, so that the refusal can name it; everything else in the form is taken.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from desagravo.rulebook import queries as rulebook


class WithinLimits(FileUploadHandler):
    """Stands before Django's own handlers and lets pass what the house takes."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        limits = rulebook.form_limits()
        self.largest, self.most = limits.file_bytes, limits.files
        self.number = 0
        self.read = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Another file begins."""
        super().new_file(*args, **kwargs)
        self.number += 1
        self.read = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass the piece on, or None where this file is not taken."""
        self.read += len(raw_data)
        return None if self._over else raw_data

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        """A stand-in with name and size for a file that was not taken; None leaves it to the next handler."""
        if not self._over:
            return None
        return UploadedFile(BytesIO(), self.file_name, "application/octet-stream", self.read)

    @property
    def _over(self) -> bool:
        return self.number > self.most or self.read > self.largest
