"""One mapping of fields, however they came."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.web.reading import FORM, JSON, MULTIPART, XML, Unreadable, body_pairs, merged, query_pairs

ALL = frozenset({FORM, MULTIPART, JSON})
BOUNDARY = "multipart/form-data; boundary=b"
TWO_PARTS = (
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="b"\r\n\r\n\xc4\x91\r\n--b--\r\n'
)


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
        ("a=%2541", [("a", "%41")]),
        ("a=%00", [("a", "\x00")]),
    ],
)
def test_a_query_is_split(query: str, pairs: list[tuple[str, str]]) -> None:
    assert list(query_pairs(query)) == pairs


@pytest.mark.parametrize(
    ("body", "kind", "pairs"),
    [
        (b"", JSON, []),
        (b" \r\n", FORM, []),
        (b"a=1&b=%20", FORM, [("a", "1"), ("b", " ")]),
        (b"a=1", f"{FORM}; charset=utf-8", [("a", "1")]),
        (b"a=1", FORM.upper(), [("a", "1")]),
        (b"a=1", "", [("a", "1")]),
        (b"a=\xff", FORM, [("a", "\ufffd")]),
        (b'{"a":"1"}', JSON, [("a", "1")]),
        (b'{"a":"1"}', "text/plain", [("a", "1")]),
        (b' {"a":"1"}', FORM, [("a", "1")]),
        (b"{a=1", FORM, [("{a", "1")]),
        (
            b'{"a":1,"b":1.5,"c":true,"d":false,"e":null}',
            JSON,
            list(zip("abcde", ("1", "1.5", "true", "false", ""), strict=True)),
        ),
        (b'{"a":["x",1,null],"b":{"c":1}}', JSON, [("a", "x,1,"), ("b", '{"c":1}')]),
        (b'{"a":["x,y","z"],"b":[{"c":1},{}],"d":[]}', JSON, [("a", '["x,y","z"]'), ("b", '[{"c":1},{}]'), ("d", "")]),
        (b'{"a":[["x"],"y"]}', JSON, [("a", '[["x"],"y"]')]),
        (TWO_PARTS, BOUNDARY, [("a", "1"), ("b", "đ")]),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n", BOUNDARY, []),
        (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n--b--\r\n', BOUNDARY, [("a", "")]),
    ],
)
def test_a_body_is_read_as_what_it_says_or_looks_like(body: bytes, kind: str, pairs: list[tuple[str, str]]) -> None:
    assert body_pairs(body, kind, ALL) == pairs


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[1]", JSON),
        (b'"a"', JSON),
        (b"{", JSON),
        (b'{"a":1', "text/plain"),
        (b'{"a":"\xff"}', JSON),
        (b"a=1", "text/plain"),
        (b"a=1", "application/xml"),
        (b"a=1", MULTIPART),
        (b"a=1", BOUNDARY),
    ],
)
def test_a_body_that_is_not_what_it_says_is_told(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        body_pairs(body, kind, ALL)


TAKES_XML = frozenset({XML, "text/plain"})


@pytest.mark.parametrize("kind", [XML, "text/xml", "text/plain", "application/text/plain", FORM, ""])
def test_xml_is_read_whatever_it_says(kind: str) -> None:
    """Elements that hold no others are fields; the provider's own samples declare XML as text and as a form."""
    body = (
        b'<?xml version="1.0" encoding="utf-8"?>\n<RQST><!-- a note --><APIKEY> k </APIKEY><EMPTY/>'
        b"<CONTENT>a &lt; &#x111;</CONTENT><CONTACTS><CUSTOMER><PHONE>1</PHONE></CUSTOMER>"
        b"<CUSTOMER><PHONE>2</PHONE></CUSTOMER></CONTACTS></RQST>"
    )

    assert body_pairs(body, kind, TAKES_XML) == [
        ("APIKEY", "k"),
        ("EMPTY", ""),
        ("CONTENT", "a < đ"),
        ("PHONE", "1"),
        ("PHONE", "2"),
    ]


def test_a_namespace_is_no_part_of_a_name() -> None:
    assert body_pairs(b'<a xmlns="urn:x"><B>1</B></a>', XML, TAKES_XML) == [("B", "1")]


BOMB = b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a><b>&c;</b></a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a><b>&b;</b></a>'


@pytest.mark.parametrize(
    "body",
    [b"<", b"<a>", b"<a></b>", b"<a>&b;</a>", b"<a/><b/>", b"<!DOCTYPE a><a/>", BOMB, OUTSIDE, b"<a>\xff</a>"],
)
def test_xml_that_is_none_or_brings_entities_is_told(body: bytes) -> None:
    """Nothing is expanded, and nothing is fetched."""
    with pytest.raises(Unreadable, match="not XML"):
        body_pairs(body, XML, TAKES_XML)


def test_xml_is_not_read_where_none_is_taken() -> None:
    with pytest.raises(Unreadable):
        body_pairs(b"<a/>", XML, ALL)


@given(body=st.binary(max_size=200))
def test_any_xml_body_is_read_or_told(body: bytes) -> None:
    try:
        pairs = body_pairs(b"<a>" + body + b"</a>", XML, TAKES_XML)
    except Unreadable:
        return

    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)


def test_a_body_is_not_read_where_none_is_taken() -> None:
    assert body_pairs(b"a=1", FORM, frozenset()) == []


@pytest.mark.parametrize(("body", "kind"), [(b"a=1", FORM), (b"a=1", BOUNDARY)])
def test_a_kind_that_the_operation_does_not_take_is_not_read(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        body_pairs(body, kind, frozenset({JSON}))


def test_a_body_that_is_nested_too_deeply_is_unreadable() -> None:
    """It is told, and ends in no error of the sandbox's."""
    depth = 1000

    with pytest.raises(Unreadable, match="nested"):
        body_pairs(b'{"a":' + b"[" * depth + b"]" * depth + b"}", JSON, ALL)


_BYTES = st.binary(max_size=200) | st.binary(max_size=50).map(lambda body: b"{" + body) | st.text().map(str.encode)
_KINDS = st.sampled_from(["", FORM, JSON, MULTIPART, BOUNDARY, "text/plain"]) | st.text(max_size=30)


@given(body=_BYTES, kind=_KINDS, accepted=st.sets(st.sampled_from(sorted(ALL))))
def test_any_body_is_read_or_told(body: bytes, kind: str, accepted: set[str]) -> None:
    """Nothing but `Unreadable` ever comes out."""
    try:
        pairs = body_pairs(body, kind, accepted)
    except Unreadable:
        return

    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)


@given(body=st.binary(max_size=200), name=st.text(max_size=20))
def test_any_multipart_body_is_read_or_told(body: bytes, name: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode("utf-8", "replace")
    try:
        pairs = body_pairs(head + body + b"\r\n--b--\r\n", BOUNDARY, ALL)
    except Unreadable:
        return

    assert all(isinstance(name, str) and isinstance(value, str) for name, value in pairs)


@given(raw=st.binary(max_size=200))
def test_any_query_is_read(raw: bytes) -> None:
    """Bytes come as the server decodes them; what comes out can be written as UTF-8."""
    pairs = list(query_pairs(raw.decode("utf-8", "surrogateescape")))

    assert "".join(name + value for name, value in pairs).encode() is not None


@given(pairs=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5))), any_case=st.booleans())
def test_merging_loses_no_field(pairs: list[tuple[str, str]], any_case: bool) -> None:  # noqa: FBT001  (drawn)
    fields, repeated = merged(pairs, {}, any_case=any_case, join=None)

    assert fields == dict(pairs)
    assert len(fields) + len(repeated) == len(pairs)


NAMES = {"phone": "Phone", "Phone": "Phone", "apikey": "ApiKey", "ApiKey": "ApiKey"}


@pytest.mark.parametrize(
    ("pairs", "rules", "fields", "repeated"),
    [
        ([("phone", "1")], {"any_case": True, "join": ","}, {"Phone": "1"}, []),
        ([("PHONE", "1"), ("phone", "2")], {"any_case": True, "join": ","}, {"Phone": "1,2"}, ["Phone"]),
        ([("a", "1"), ("a", "2"), ("a", "3")], {"any_case": True, "join": ","}, {"a": "1,2,3"}, ["a", "a"]),
        ([("a", "1"), ("a", "2")], {"any_case": False, "join": None}, {"a": "2"}, ["a"]),
        ([("phone", "1"), ("Phone", "2")], {"any_case": False, "join": None}, {"phone": "1", "Phone": "2"}, []),
        ([("Other", "1"), ("other", "2")], {"any_case": True, "join": ","}, {"Other": "1", "other": "2"}, []),
        ([], {"any_case": True, "join": None}, {}, []),
    ],
)
def test_each_field_is_given_once(
    pairs: list[tuple[str, str]], rules: dict[str, Any], fields: dict[str, str], repeated: list[str]
) -> None:
    """.NET takes names in any case and joins what is repeated; PHP takes them exactly, and the last one."""
    assert merged(pairs, NAMES, **rules) == (fields, repeated)
