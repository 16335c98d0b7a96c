"""The organisation's electronic seal on a PDF, and the check of it. Offline, PAdES baseline B-B (ETSI EN 319 142-1).

The seal proves that a file comes from this installation and was not changed since. It is not a qualified seal and
carries no independent time: for that, the chain of events and its checkpoints stand beside it. The key is made at
first use and never leaves ``keys/seal.pem``.

*The sealed file stays PDF/A-2 and PDF/UA-1.* The seal is an incremental update that only adds: a signature field
without appearance, zero-sized and outside the page (the one form that both standards admit untagged: PDF/A-2 asks
for the print flag and no appearance for a rectangle without size, PDF/UA exempts what lies outside the crop box),
a description of the field, and the signature. The metadata are left alone, so that the XMP packet and the document
information still agree. What the reader sees of the seal is ordinary text of the sheet, tagged like the rest.

A PDF reader accepts a file with an unsigned addition as "signed"; :func:`check` does not: it asks for a certificate of
our own, for an intact signature, and for one that covers the entire file.
"""

import io
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desagravo.common import clock

FIELD = "DesagravoSeal"
KEY_FILE = "seal.pem"
_BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
"""A fixed beginning: the sample company and the tests seal under dates of their own."""
_END = datetime(2060, 1, 1, tzinfo=UTC)
"""Sheets are kept for ten years and more; a self-signed certificate that expires would only break their check."""


@dataclass(frozen=True)
class SealReport:
    """What the check of a sealed file found."""

    ok: bool
    """The seal is ours, intact, and covers the whole file."""
    bottom_line: bool
    """pyHanko's verdict on the signature alone: intact, valid, trusted."""
    coverage: str
    """``ENTIRE_FILE``, or how much less the signature covers; empty if there is none."""
    signer: str
    signed_at: datetime | None
    """As the sealing machine's clock said."""
    problem: str
    """Empty if ok, else one of ``not_a_pdf``, ``no_seal``, ``several_seals``, ``broken``, ``changed``, ``added_to``,
    ``foreign``."""


def ensure_certificate(folder: Path, organisation: str) -> Path:
    """The file with the seal's key and certificate; made at first use, mode 0600.

    Args:
        folder: the keys folder of the installation (``$DESAGRAVO_DATA/keys``).
        organisation: the name that the certificate shall carry.
    """
    path = folder / KEY_FILE
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, _new_certificate(organisation))
    return path


def seal(pdf: bytes, *, folder: Path | None = None, organisation: str = "") -> bytes:
    """The same file with the organisation's seal; nothing may be changed in it afterwards (DocMDP level 1).

    Args:
        pdf: an unsealed document of this room.
        folder: the keys folder; that of the installation if left out.
        organisation: name for the certificate if none has been made yet.

    Raises:
        ValueError: ``seal.pem`` is there but holds no readable key and certificate.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    class OnlyAdding(IncrementalPdfFileWriter):
        """pyHanko would write a new date of change into one of the two places where PDF/A keeps metadata."""

        def _update_meta(self) -> None:
            pass

    path = ensure_certificate(folder or _keys(), organisation or "Desagravo")
    signer: Any = signers.SimpleSigner.load(str(path), str(path))  # type: ignore[no-untyped-call]
    if signer is None:
        raise ValueError(f"{path} holds no key and certificate")
    field = fields.SigFieldSpec(
        FIELD,
        readable_field_name="Electronic seal of the organisation",
        invis_sig_settings=fields.InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True),
    )
    act = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        signer_key_usage=set(),
    )
    sealed = signers.PdfSigner(act, signer=signer, new_field_spec=field).sign_pdf(OnlyAdding(io.BytesIO(pdf)))
    return bytes(sealed.getvalue())


def check(pdf: bytes, *, folder: Path | None = None) -> SealReport:
    """Whether ``pdf`` is exactly the file that this installation sealed. Never raises for a damaged or hostile file.

    Certificates of earlier seals stay trusted as long as they lie in the keys folder as ``seal*.pem``.
    """
    trusted = _certificates(folder or _keys())
    if not pdf.startswith(b"%PDF-"):
        return _no("not_a_pdf")
    try:
        return _checked(pdf, trusted)
    except Exception:  # a file made to confuse the reader must end as a failed check
        return _no("broken")


def _checked(pdf: bytes, trusted: list[Any]) -> SealReport:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if len(signatures) != 1:
        return _no("several_seals" if signatures else "no_seal")
    # Given explicitly: without it the moment is that of the machine, which a fixed clock does not know.
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=clock.now())
    status = validate_pdf_signature(signatures[0], context)
    coverage = status.coverage.name if status.coverage else ""
    problem = ""
    if not (status.intact and status.valid):
        problem = "changed"
    elif coverage != "ENTIRE_FILE":
        problem = "added_to"
    elif not status.trusted:
        problem = "foreign"
    elif not status.bottom_line:
        problem = "changed"
    return SealReport(
        ok=not problem,
        bottom_line=bool(status.bottom_line),
        coverage=coverage,
        signer=_common_name(status.signing_cert),
        signed_at=status.signer_reported_dt,
        problem=problem,
    )


def _no(problem: str) -> SealReport:
    return SealReport(ok=False, bottom_line=False, coverage="", signer="", signed_at=None, problem=problem)


def _keys() -> Path:
    from django.conf import settings

    return Path(settings.DESAGRAVO_DATA) / "keys"


def _common_name(certificate: Any) -> str:
    return str(certificate.subject.native.get("common_name", ""))


def _certificates(folder: Path) -> list[Any]:
    """The certificates in the keys folder, as pyHanko reads them."""
    from pyhanko.keys import load_certs_from_pemder

    paths = sorted(map(str, folder.glob("seal*.pem")))
    return list(load_certs_from_pemder(paths))  # type: ignore[no-untyped-call]


def _new_certificate(organisation: str) -> bytes:
    """A P-256 key and a self-signed certificate for it, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    # X.520 allows 64 characters for either name.
    name = organisation[:64] or "Desagravo"
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_BEGINNING)
        .not_valid_after(_END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _write_once(path: Path, content: bytes) -> None:
    """Two workers may seal for the first time at once: the file appears complete, and the first one stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
