"""Which files of the store cases name: for backups, which copy them and compare them."""

from collections.abc import Iterator

from desagravo.cases.models import Attachment, ComplaintForm, Document


def stored_files(*, using: str) -> Iterator[tuple[str, int | None, str]]:
    """Stored name, size if a row says it, SHA-256, of every file that must be there, in no order.

    What was redacted or erased is not among them. ``using``: the connection, which may be a copy of the database.
    """
    attached = Attachment.objects.using(using).filter(redacted_at=None).exclude(stored="")
    yield from attached.values_list("stored", "size", "sha256").iterator()
    made = Document.objects.using(using).exclude(stored="")
    yield from made.values_list("stored", "size", "sha256").iterator()
    signatures = ComplaintForm.objects.using(using).exclude(signature_file="")
    for stored, sha256 in signatures.values_list("signature_file", "signature_sha256").iterator():
        yield stored, None, sha256
