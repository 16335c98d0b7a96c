"""An encrypted backup opens with its key alone, and shows every change: flipped, cut, moved, doubled, added."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from desagravo.operations.backup import sealed
from desagravo.operations.backup.refusals import BackupProblem, Damaged, WrongKey
from desagravo.operations.backup.sealed import PIECE, Closing, Opening, Secret, make_key

CONTENT = b"Dona Amelia's complaint. " * 130_000  # more than three pieces


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "backup.key"
    make_key(path)
    return path


def close(content: bytes, secret: Secret) -> bytes:
    out = io.BytesIO()
    closing = Closing(out, secret)
    for start in range(0, len(content), 70_001):
        closing.write(content[start : start + 70_001])
    closing.finish()
    return out.getvalue()


def opened(content: bytes, secret: Secret) -> bytes:
    opening = Opening(io.BytesIO(content), secret)
    return b"".join(iter(lambda: opening.read(65_536), b""))


@pytest.fixture(scope="module")
def closed(key: Path) -> bytes:
    return close(CONTENT, Secret(key.with_name("backup.key.pub")))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_what_was_closed_opens(key: Path, size: int) -> None:
    content = CONTENT[:size]
    sealed_bytes = close(content, Secret(key))
    assert opened(sealed_bytes, Secret(key)) == content
    assert b"Amelia" not in sealed_bytes


def test_a_passphrase_opens_what_it_closed_and_another_does_not(tmp_path: Path) -> None:
    right, wrong, short = tmp_path / "right", tmp_path / "wrong", tmp_path / "short"
    right.write_text("four quiet words here\n")
    wrong.write_text("four other words here\n")
    short.write_text("short")
    content = close(CONTENT[:1000], Secret(None, right))
    assert opened(content, Secret(None, right)) == CONTENT[:1000]
    with pytest.raises(WrongKey, match="passphrase does not open"):
        opened(content, Secret(None, wrong))
    with pytest.raises(WrongKey, match="sealed with a passphrase"):
        opened(content, Secret())
    with pytest.raises(BackupProblem, match="too short"):
        close(b"", Secret(None, short))


def test_another_key_and_the_public_half_do_not_open(tmp_path: Path, key: Path, closed: bytes) -> None:
    other = tmp_path / "other.key"
    make_key(other)
    with pytest.raises(WrongKey, match="sealed for the key"):
        opened(closed, Secret(other))
    with pytest.raises(WrongKey, match="public half"):
        opened(closed, Secret(key.with_name("backup.key.pub")))
    with pytest.raises(WrongKey, match="name its private file"):
        opened(closed, Secret())


def pieces(closed: bytes) -> tuple[bytes, list[bytes]]:
    whole = PIECE + 16
    start = len(closed) - (len(CONTENT) + 16 * (-(-len(CONTENT) // PIECE)))
    return closed[:start], [closed[at : at + whole] for at in range(start, len(closed), whole)]


@pytest.mark.parametrize("change", ["cut", "cut at a piece", "swapped", "doubled", "missing", "added", "empty"])
def test_pieces_that_are_not_as_they_were_written_are_found(key: Path, closed: bytes, change: str) -> None:
    head, each = pieces(closed)
    assert opened(head + b"".join(each), Secret(key)) == CONTENT
    changed = {
        "cut": [*each[:-1], each[-1][:-1]],
        "cut at a piece": each[:-1],
        "swapped": [each[1], each[0], *each[2:]],
        "doubled": [each[0], *each],
        "missing": each[1:],
        "added": [*each, b"more"],
        "empty": [],
    }[change]
    with pytest.raises(Damaged):
        opened(head + b"".join(changed), Secret(key))


def test_every_flipped_bit_is_found(key: Path, closed: bytes) -> None:
    places = [*range(0, 420, 7), *range(420, len(closed), len(closed) // 40), len(closed) - 1]
    for place in places:
        changed = bytearray(closed)
        changed[place] ^= 4
        with pytest.raises((Damaged, WrongKey)):
            opened(bytes(changed), Secret(key))


def test_two_backups_of_the_same_have_nothing_in_common(key: Path) -> None:
    one, other = close(CONTENT[:64], Secret(key)), close(CONTENT[:64], Secret(key))
    assert one[-80:] != other[-80:]
    assert len(one) == len(other)


def test_a_key_is_never_written_over(key: Path) -> None:
    with pytest.raises(BackupProblem, match="cannot be written"):
        make_key(key)
    assert key.stat().st_mode & 0o077 == 0
    assert sealed.is_sealed(close(b"", Secret(key)))
