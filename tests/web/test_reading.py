"""One mapping of fields, however they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.web.reading import merged, query_pairs, read_percent_u


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("", []),
        ("a=1", [("a", "1")]),
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a=1&a=2", [("a", "1"), ("a", "2")]),
        ("a", [("a", "")]),
        ("a=", [("a", "")]),
        ("=1", [("", "1")]),
        ("a=b=c", [("a", "b=c")]),
        ("&&a=1&", [("a", "1")]),
        ("a=1;b=2", [("a", "1;b=2")]),
        ("a+b=c+d", [("a b", "c d")]),
        ("a%2Bb=%26", [("a+b", "&")]),
        ("a=%", [("a", "%")]),
        ("a=%zz%4", [("a", "%zz%4")]),
        ("a=%C4%91%E1%BB%99", [("a", "độ")]),
        ("a=%ff", [("a", "\ufffd")]),
        ("a=độ", [("a", "độ")]),
        ("a=\udcff", [("a", "\ufffd")]),
        ("a=\udcc4\udc91", [("a", "đ")]),
        ("a=\udcc4%91&b=%C4\udc91", [("a", "đ"), ("b", "đ")]),
        ("a=đ%C4%91%", [("a", "đđ%")]),
        ("a=%2541", [("a", "%41")]),
        ("a=%00", [("a", "\x00")]),
    ],
)
def test_a_query_is_split(query: str, pairs: list[tuple[str, str]]) -> None:
    assert list(query_pairs(query)) == pairs


@given(raw=st.binary(max_size=200))
def test_any_query_is_read(raw: bytes) -> None:
    """Bytes come as the server decodes them; what comes out can be written as UTF-8."""
    pairs = list(query_pairs(raw.decode("utf-8", "surrogateescape")))

    assert "".join(name + value for name, value in pairs).encode() is not None


@given(pairs=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5))), any_case=st.booleans())
def test_merging_loses_no_field(pairs: list[tuple[str, str]], any_case: bool) -> None:  # noqa: FBT001  (drawn)
    fields, repeated = merged(pairs, {}, any_case=any_case, join=None)

    assert fields == dict(pairs)
    assert repeated == list(dict.fromkeys(repeated))
    assert set(repeated) == {name for name in fields if sum(name == each for each, _ in pairs) > 1}


class _Comma(str):
    """Counts the characters that are copied to join with it."""

    __slots__ = ("copied",)

    def __radd__(self, left: str) -> str:
        self.copied = getattr(self, "copied", 0) + len(left)
        return str(left) + str(self)

    def join(self, parts: Iterable[str]) -> str:
        joined = super().join(parts)
        self.copied = getattr(self, "copied", 0) + len(joined)
        return joined


def test_joining_what_is_repeated_copies_each_value_once() -> None:
    """Twice the values, twice the copies: 400,000 of them took thirteen seconds."""

    def copied(count: int) -> int:
        comma = _Comma(",")
        merged([("a", "b")] * count, {}, any_case=True, join=comma)
        return comma.copied

    assert copied(2000) <= 2 * copied(1000) + 1


NAMES = {"phone": "Phone", "Phone": "Phone", "apikey": "ApiKey", "ApiKey": "ApiKey"}


@pytest.mark.parametrize(
    ("pairs", "rules", "fields", "repeated"),
    [
        ([("phone", "1")], {"any_case": True, "join": ","}, {"Phone": "1"}, []),
        ([("PHONE", "1"), ("phone", "2")], {"any_case": True, "join": ","}, {"Phone": "1,2"}, ["Phone"]),
        ([("a", "1"), ("a", "2"), ("a", "3")], {"any_case": True, "join": ","}, {"a": "1,2,3"}, ["a"]),
        ([("a", "1"), ("a", "2")], {"any_case": False, "join": None}, {"a": "2"}, ["a"]),
        ([("phone", "1"), ("Phone", "2")], {"any_case": False, "join": None}, {"phone": "1", "Phone": "2"}, []),
        ([("Other", "1"), ("other", "2")], {"any_case": True, "join": ","}, {"Other": "1", "other": "2"}, []),
        ([("Phone[]", "1"), ("phone[]", "2")], {"any_case": True, "join": ","}, {"Phone": "1,2"}, ["Phone"]),
        ([("phone[0]", "1"), ("phone[10]", "2")], {"any_case": True, "join": ","}, {"Phone": "1,2"}, ["Phone"]),
        ([("Phone[a]", "1"), ("[0]", "2")], {"any_case": True, "join": ","}, {"Phone[a]": "1", "[0]": "2"}, []),
        ([("Phone[0]x", "1"), ("Phone[", "2")], {"any_case": True, "join": ","}, {"Phone[0]x": "1", "Phone[": "2"}, []),
        ([("Phone[0]", "1")], {"any_case": False, "join": None}, {"Phone[0]": "1"}, []),
        ([], {"any_case": True, "join": None}, {}, []),
    ],
)
def test_each_field_is_given_once(
    pairs: list[tuple[str, str]], rules: dict[str, Any], fields: dict[str, str], repeated: list[str]
) -> None:
    """.NET takes names in any case and joins what is repeated; PHP takes them exactly, and the last one."""
    assert merged(pairs, NAMES, **rules) == (fields, repeated)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("a=%u0646", "a=%D9%86"),
        ("a=%u0633%u0644x", "a=%D8%B3%D9%84x"),
        ("a=%uD83D%uDE00", "a=%F0%9F%98%80"),
        ("a=%uD83D", "a=%EF%BF%BD"),
        ("a=%u0026b=%u003D", "a=%26b=%3D"),
        ("a=%u064", "a=%u064"),
        ("a=%20%u", "a=%20%u"),
    ],
)
def test_characters_of_escape_are_read(query: str, read: str) -> None:
    """Two halves of a pair are one; what is cut off stays as it is."""
    assert read_percent_u(query) == read
