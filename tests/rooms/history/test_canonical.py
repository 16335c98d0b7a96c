from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desagravo.history.canonical import LARGEST_WHOLE_NUMBER, canonical
from desagravo.history.chain import START, commitment, event_hash

VECTORS: list[tuple[Any, str]] = [
    ({}, "{}"),
    ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
    ({"€": "Euro", "\r": "CR", "\ufb33": "Dagesh", "1": "One", "😀": "Smile", "\u0080": "Control", "ö": "o"},
     '{"\\r":"CR","1":"One","\u0080":"Control","ö":"o","€":"Euro","😀":"Smile","\ufb33":"Dagesh"}'),
    ('\x00\x1f\x7f\b\t\n\f\r"\\/\u2028', '"\\u0000\\u001f\x7f\\b\\t\\n\\f\\r\\"\\\\/\u2028"'),
    ("Reclamação", '"Reclamação"'),
    (("tuple", -5), '["tuple",-5]'),
]  # fmt: skip
"""The third is the sorting example of RFC 8785, section 3.2.3."""


@pytest.mark.parametrize(("value", "text"), VECTORS)
def test_fixed_vectors(value: Any, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": [0.5]}, {1: "a"}, b"x", {"a", "b"}, object()])
def test_what_an_event_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", ["\ud83d", {"\udc00": 1}, LARGEST_WHOLE_NUMBER + 1, -(LARGEST_WHOLE_NUMBER + 1)])
def test_what_others_would_read_differently_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"an event|the number"):
        canonical(value)


texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_WHOLE_NUMBER, LARGEST_WHOLE_NUMBER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_the_text_says_the_same_and_is_canonical_already(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text
    text.encode()


@given(st.dictionaries(texts, st.integers(-9, 9)), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, int], random: Any) -> None:
    items = list(value.items())
    random.shuffle(items)
    assert canonical(dict(items)) == canonical(value)


def test_hash_and_commitment_have_fixed_vectors() -> None:
    first = event_hash(START, '{"seq":1}')
    assert first == "d8b9cd634b6cc5a9c3e4e5ef266c6d268981a3210baa4a3ecbda3350fd5f55b5"
    assert event_hash(first, '{"seq":2}') == "0724efdd74a3613b9ce2562104c56eb267b79a9a735b4a791f6b7318340039bf"
    assert commitment(b"\x01" * 32, "Inês") == "a451509df05b2aee05da549ab0d9d203ecb219bcd55f84a6e57dfe3ff178def4"
    assert commitment(b"\x01" * 32, "Inês".encode()) == commitment(b"\x01" * 32, "Inês")
    assert commitment(b"\x02" * 32, "Inês") != commitment(b"\x01" * 32, "Inês")
