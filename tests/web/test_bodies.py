"""Bodies as fields: what they say they are, what characters they are in, and how much is read."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.providers.amoot.lists import ENTRIES_MOST
from otp_sandbox.web import bodies
from otp_sandbox.web.bodies import (
    BYTES_MOST,
    ELEMENTS_MOST,
    FIELDS_LENGTH_MOST,
    FIELDS_MOST,
    FORM,
    JSON,
    MARKS_MOST,
    MULTIPART,
    XML,
    Unreadable,
    body_pairs,
)
from otp_sandbox.web.fields import AT_ONCE

ALL = frozenset({FORM, MULTIPART, JSON})
BOUNDARY = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
TWO_PARTS = (
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="b"\r\n\r\n\xc4\x91\r\n--b--\r\n'
)


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


@pytest.mark.parametrize(
    ("text", "kind", "pairs"),
    [
        ('{"a":"đ"}', JSON, [("a", "đ")]),
        ("a=đ&b=%C4%91", FORM, [("a", "đ"), ("b", "đ")]),
        ("<r><A>đ</A></r>", XML, [("A", "đ")]),
        ('<?xml version="1.0" encoding="utf-8"?><r><A>đ</A></r>', XML, [("A", "đ")]),
        ('<?xml version="1.0" encoding="utf-16"?><r><A>đ</A></r>', XML, [("A", "đ")]),
    ],
    ids=["json", "form", "xml", "xml-declared-8", "xml-declared-16"],
)
@pytest.mark.parametrize(
    ("mark", "encoding", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8", ""),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "iso-8859-1"),
        (codecs.BOM_UTF16_LE, "utf-16-le", ""),
        (codecs.BOM_UTF16_BE, "utf-16-be", ""),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-8"),
        (b"", "utf-16-le", ""),
        (b"", "utf-16-be", ""),
        (b"", "utf-16-le", "utf-16"),
        (b"", "utf-16-be", "utf-16be"),
        (b"", "utf-8", "utf-8"),
        (b"", "utf-8", "UTF8"),
    ],
)
def test_the_characters_are_told_by_a_mark_or_by_the_charset(
    *, mark: bytes, encoding: str, charset: str, text: str, kind: str, pairs: list[tuple[str, str]]
) -> None:
    """A mark has the first word, the Content-Type the second, what an XML document declares the last."""
    content_type = f"{kind}; charset={charset}" if charset else kind

    assert body_pairs(mark + text.encode(encoding), content_type, frozenset({JSON, FORM, XML})) == pairs


@pytest.mark.parametrize(
    ("body", "kind", "pairs"),
    [
        (b"a=caf\xe9&b=%E9+%e9", f"{FORM}; charset=ISO-8859-1", [("a", "café"), ("b", "é é")]),
        (b"a=\x80", f'{FORM}; charset="windows-1252"', [("a", "€")]),
        (b"%E9=1", f"{FORM};CHARSET=latin1", [("é", "1")]),
        (b'{"a":"\xe9"}', f"{JSON}; charset=iso-8859-1", [("a", "é")]),
        (b"<r><A>\xf0</A></r>", f"{XML}; charset=windows-1258", [("A", "đ")]),
        (b'<?xml version="1.0" encoding="windows-1258"?><r><A>\xf0</A></r>', XML, [("A", "đ")]),
        (b"<?xml version='1.0' encoding='ISO-8859-1' ?><r><A>\xe9</A></r>", "text/plain", [("A", "é")]),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><r><A>\xc3\xa9</A></r>', f"{XML}; charset=utf-8", [("A", "é")]),
        (
            PART[:-7] + b"\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\xe9\r\n--b--",
            BOUNDARY,
            [("a", "é")],
        ),
    ],
)
def test_a_charset_of_single_bytes_is_read(body: bytes, kind: str, pairs: list[tuple[str, str]]) -> None:
    """In a form it says what percent-encoded bytes are as well."""
    assert body_pairs(body, kind, ALL | {XML}) == pairs


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=\x81", f"{FORM}; charset=windows-1252"),
        (codecs.BOM_UTF16_LE + b"a", FORM),
        (b'{"a":"\xe9"}', f"{JSON}; charset=us-ascii"),
        (b'<?xml version="1.0" encoding="utf-16"?><r><A>1</A></r>', XML),
        (b'<?xml version="1.0" encoding="utf-7"?><r><A>1</A></r>', XML),
        (b'<?xml version="1.0" encoding="us-ascii"?><r><A>\xc3\xa9</A></r>', XML),
        (
            PART[:-7] + b"\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\xe9\r\n--b--",
            BOUNDARY,
        ),
    ],
)
def test_bytes_that_are_not_of_their_charset_make_a_body_unreadable(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        body_pairs(body, kind, ALL | {XML})


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "idna", "punycode", "zip", "utf-7", "utf_8_sig", "iso-8859-12", "x" * 1000, "\udcff"]
)
def test_a_charset_that_is_none_is_read_as_utf_8_and_told(charset: str) -> None:
    """Whatever else Python has under that name; nothing is looked up for it."""
    told: list[str] = []

    assert body_pairs("a=đ".encode(), f"{FORM}; charset={charset}", ALL, told.append) == [("a", "đ")]
    assert told == [f"the charset {charset[:64]} is not known here: the body is read as UTF-8"]


@pytest.mark.parametrize("kind", [FORM, JSON, "text/plain", ""])
@pytest.mark.parametrize(("accepted", "warned"), [({FORM}, True), ({FORM, JSON}, False), ({XML, "text/plain"}, True)])
def test_json_where_none_is_taken_is_read_and_told(kind: str, accepted: set[str], *, warned: bool) -> None:
    """The real provider may well read it as something else."""
    told: list[str] = []

    assert body_pairs(b'{"a":"1"}', kind, accepted, told.append) == [("a", "1")]
    assert told == ([f"the body is JSON, and this operation takes {' or '.join(sorted(accepted))}"] if warned else [])


def _multipart(count: int) -> bytes:
    return PART * count + b"--b--\r\n"


@pytest.mark.parametrize(
    ("most", "just", "kind"),
    [
        (FIELDS_MOST, lambda count: b"&".join([b"a=b"] * count), FORM),
        (FIELDS_MOST, lambda count: b"{" + b",".join(b'"%d":1' % each for each in range(count)) + b"}", JSON),
        (ELEMENTS_MOST, lambda count: b"<r>" + b"<A>1</A>" * (count - 1) + b"</r>", XML),
        (ELEMENTS_MOST, lambda count: b"<A>" * count + b"</A>" * count, XML),
        (FIELDS_MOST, _multipart, BOUNDARY),
        (TEXT_MOST, lambda count: b"a=" + b"x" * count, FORM),
        (TEXT_MOST, lambda count: b'{"a":"' + b"x" * count + b'"}', JSON),
        (TEXT_MOST, lambda count: b"<r><A>" + b"x" * count + b"</A></r>", XML),
        (TEXT_MOST, lambda count: PART[:-3] + b"x" * count + b"\r\n--b--", BOUNDARY),
        (FIELDS_LENGTH_MOST - 1, lambda count: b'{"a":[{"b":"' + b"x" * (count - 10) + b'"}]}', JSON),
        (BYTES_MOST, b'{"a":1}'.ljust, JSON),
        (MARKS_MOST - 2, lambda count: b'{"a":[' + b"1," * count + b"1]}", JSON),
    ],
    ids=[
        *("fields", "members", "elements", "levels", "parts"),
        *("text of a form", "text in JSON", "text in XML", "text of a part"),
        *("all of it", "bytes", "marks"),
    ],
)
def test_a_body_is_read_up_to_its_bounds(most: int, just: Any, kind: str) -> None:
    """What they are is read, one more is told."""
    takes = ALL | {XML}

    assert body_pairs(just(most), kind, takes)
    with pytest.raises(Unreadable, match="more than"):
        body_pairs(just(most + 1), kind, takes)


def test_the_bounds_stand_in_the_settings_page() -> None:
    """With the figures that hold."""
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
    bounds = page.partition("## Bounds on bodies")[2].partition("\n## ")[0]

    for figure in (
        ELEMENTS_MOST,
        FIELDS_MOST,
        FIELDS_LENGTH_MOST,
        BYTES_MOST,
        TEXT_MOST,
        MARKS_MOST,
        ENTRIES_MOST,
        AT_ONCE,
    ):
        assert f" {figure:,} " in bounds


HUGE = 400_000


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=b&" * HUGE, FORM),
        (b"<r>" + b"<a>b</a>" * HUGE + b"</r>", XML),
        (b"<a>" * HUGE + b"</a>" * HUGE, XML),
        (b"<a>" * HUGE, XML),
        (b"<r " + b"a='' " * HUGE + b"/>", XML),
        (PART * HUGE, BOUNDARY),
        (b"--b\r\n" * HUGE, BOUNDARY),
        (b'{"a":' + b"[" * HUGE + b"]" * HUGE + b"}", JSON),
        (b'{"a":[' + b"{}," * HUGE + b"{}]}", JSON),
    ],
    ids=[
        *("fields", "elements", "levels", "open levels", "attributes", "parts", "boundaries", "brackets", "objects"),
    ],
)
def test_nothing_is_made_of_a_body_that_is_too_much(monkeypatch: pytest.MonkeyPatch, body: bytes, kind: str) -> None:
    """What would be made of it is counted first: no parser sees it."""

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("a parser was asked")

    import defusedxml.ElementTree  # noqa: PLC0415

    monkeypatch.setattr(bodies.orjson, "loads", forbidden)
    monkeypatch.setattr(defusedxml.ElementTree, "DefusedXMLParser", forbidden)
    monkeypatch.setattr(bodies, "query_pairs", forbidden)

    with pytest.raises(Unreadable):
        body_pairs(body, kind, ALL | {XML})


def _steps(body: bytes, kind: str) -> int:
    """Count the calls of Python that reading a body takes."""
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        body_pairs(body, kind, ALL | {XML})
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    ("just", "kind"),
    [
        (lambda count: b"&".join([b"a=%41"] * count), FORM),
        (lambda count: b"<r>" + b"<A>1</A>" * count + b"</r>", XML),
        (lambda count: b"<A>" * count + b"</A>" * count, XML),
        (_multipart, BOUNDARY),
        (lambda count: b'{"a":[' + b"1," * count + b"1]}", JSON),
        (lambda count: b'{"a":' + b"[" * (count // 8) + b'"b"' + b"]" * (count // 8) + b"}", JSON),
    ],
    ids=["fields", "elements", "levels", "parts", "list", "lists in lists"],
)
def test_the_work_grows_with_the_body_and_no_faster(just: Any, kind: str) -> None:
    """Twice the body, twice the steps."""
    once, twice = _steps(just(900), kind), _steps(just(1800), kind)

    assert twice <= 2.1 * once + 50
