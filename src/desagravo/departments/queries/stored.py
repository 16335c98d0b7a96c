"""Which files of the store the organisation and its people name: for backups, which copy them and compare them."""

from collections.abc import Iterator

from desagravo.common.text import whole_number
from desagravo.departments.models import Organisation, Person


def stored_files(*, using: str) -> Iterator[tuple[str, int | None, str]]:
    """Stored name, None for a size that no row says, SHA-256: the letterhead and the signatures of people."""
    heads = Organisation.objects.using(using).exclude(letterhead="").values_list("letterhead", "letterhead_sha256")
    signed = Person.objects.using(using).exclude(signature_image="")
    images = signed.values_list("signature_image", "signature_image_sha256")
    for stored, sha256 in (*heads, *images):
        yield stored, None, sha256


def named_files(names: set[str]) -> set[str]:
    """Those of these stored names that the organisation or one of its people names."""
    heads = Organisation.objects.filter(letterhead__in=names).values_list("letterhead", flat=True)
    return {*heads, *Person.objects.filter(signature_image__in=names).values_list("signature_image", flat=True)}


def signature_image(person_id: str) -> str:
    """The stored name of the image that stands under this person's letters; "" for none."""
    key = whole_number(person_id)
    return Person.objects.filter(pk=key).values_list("signature_image", flat=True).first() or "" if key else ""
