"""The canonical bytes of an event."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.record.canonical import LARGEST, canonical, normal
from tracker.record.verifier import commitment, leaf_hash

keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(normal)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def test_the_bytes_are_those_of_rfc_8785() -> None:
    value = {"b": [1, None, True], "a": {"text": 'é"\n\u0007/', "empty": ""}}
    assert canonical(value) == '{"a":{"empty":"","text":"é\\"\\n\\u0007/"},"b":[1,null,true]}'.encode()


@given(values)
def test_what_is_written_reads_back_and_is_written_in_one_way(value: Any) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), 2**53, {"Key": 1}, {"": 1}, {1: 1}, {"a": "e\u0301"}, ["\ud800"], {1, 2}, b"bytes"]
)
def test_what_has_more_than_one_way_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


def test_a_text_is_committed_to_in_one_form() -> None:
    decomposed = unicodedata.normalize("NFD", "Zoë")
    assert commitment(b"s" * 32, normal(decomposed)) == commitment(b"s" * 32, "Zoë")


def test_without_the_salt_a_commitment_says_nothing_of_its_text() -> None:
    assert commitment(b"a" * 32, "yes") != commitment(b"b" * 32, "yes")


def test_the_leaf_hash_is_that_of_rfc_9162() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
