"""One hash for many: a Merkle tree as RFC 6962 builds it. Pure: runs without a database.

A leaf is hashed behind the byte 0x00, a node behind 0x01, so that no node can pass for a leaf. A node without a
neighbour rises unchanged. The proof for a leaf are the neighbours on its way up: 10 hashes for 1,000 leaves.
"""

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").hexdigest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The tree over hashes of events, given as hex digits, in their order."""

    def __init__(self, hashes: Sequence[str]) -> None:
        self.levels = [[leaf_hash(bytes.fromhex(each)) for each in hashes]]
        while len(self.levels[-1]) > 1:
            self.levels.append(_above(self.levels[-1]))

    @property
    def root(self) -> str:
        """64 hex digits; for no leaf at all the hash of nothing."""
        return self.levels[-1][0].hex() if self.levels[0] else EMPTY

    def path(self, index: int) -> list[str]:
        """The neighbours from the leaf at this place (from 0) up to the root.

        Raises:
            IndexError: there is no such leaf.
        """
        if not 0 <= index < len(self.levels[0]):
            raise IndexError(index)
        found = []
        for level in self.levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                found.append(level[beside].hex())
            index //= 2
        return found


def _above(level: Sequence[bytes]) -> list[bytes]:
    above = [node_hash(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return [*above, level[-1]] if len(level) % 2 else above


def root_by_path(event_hash: str, *, index: int, count: int, path: Sequence[str]) -> str | None:
    """The root that this leaf, at this place among so many, leads to; None where the path has not the right length."""
    if not 0 <= index < count:
        return None
    found, rest = leaf_hash(bytes.fromhex(event_hash)), list(path)
    while count > 1:
        if index % 2 or index + 1 < count:
            if not rest:
                return None
            beside = bytes.fromhex(rest.pop(0))
            found = node_hash(beside, found) if index % 2 else node_hash(found, beside)
        index, count = index // 2, (count + 1) // 2
    return None if rest else found.hex()
