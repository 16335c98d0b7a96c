from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desagravo.history.merkle import EMPTY, Tree, leaf_hash, node_hash, root_by_path

HASHES = [hashlib.sha256(bytes([number])).hexdigest() for number in range(70)]


def test_small_trees_by_hand() -> None:
    a, b, c = (leaf_hash(bytes.fromhex(each)) for each in HASHES[:3])
    assert Tree([]).root == EMPTY
    assert Tree(HASHES[:1]).root == a.hex() == hashlib.sha256(b"\x00" + bytes.fromhex(HASHES[0])).hexdigest()
    assert Tree(HASHES[:2]).root == node_hash(a, b).hex() == hashlib.sha256(b"\x01" + a + b).hexdigest()
    assert Tree(HASHES[:3]).root == node_hash(node_hash(a, b), c).hex()
    assert Tree(HASHES[:3]).path(2) == [node_hash(a, b).hex()]


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_in_its_place_and_in_no_other(count: int, data: st.DataObject) -> None:
    tree = Tree(HASHES[:count])
    index = data.draw(st.integers(0, count - 1))
    path = tree.path(index)
    assert root_by_path(HASHES[index], index=index, count=count, path=path) == tree.root
    other = data.draw(st.integers(0, count - 1).filter(lambda place: place != index)) if count > 1 else count
    assert root_by_path(HASHES[index], index=other, count=count, path=path) != tree.root
    assert root_by_path(HASHES[(index + 1) % 70], index=index, count=count, path=path) != tree.root
    assert root_by_path(HASHES[index], index=index, count=count, path=[*path, EMPTY]) is None


def test_a_node_cannot_pass_for_a_leaf() -> None:
    pair = Tree(HASHES[:2]).root
    assert Tree([pair, HASHES[2]]).root != Tree(HASHES[:3]).root


def test_no_leaf_no_proof() -> None:
    with pytest.raises(IndexError):
        Tree(HASHES[:2]).path(2)
    assert root_by_path(HASHES[0], index=2, count=2, path=[]) is None
