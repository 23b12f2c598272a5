"""The first message of TLS: which host it names, whatever comes."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.interception.hello import MOST, Hello, begins_tls, read_hello


def hello_of(name: str | None) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = name is not None
    out = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=name).do_handshake()
    return out.read()


@pytest.mark.parametrize("name", ["rest.esms.vn", "a" * 63 + ".vn", None])
def test_a_hello_names_a_host_or_none(name: str | None) -> None:
    assert read_hello(hello_of(name)) == Hello(name)


def test_a_hello_is_whole_with_its_last_byte() -> None:
    hello = hello_of("rest.esms.vn")

    assert [read_hello(hello[:length]) for length in range(len(hello))] == [None] * len(hello)
    assert read_hello(hello + b"\x14\x03\x03\x00\x01\x01") == Hello("rest.esms.vn"), "another record may follow"


def test_a_hello_may_be_in_several_records() -> None:
    content = hello_of("rest.esms.vn")[5:]
    pieces = [content[at : at + 7] for at in range(0, len(content), 7)]

    records = b"".join(b"\x16\x03\x01" + len(each).to_bytes(2) + each for each in pieces)

    assert read_hello(records) == Hello("rest.esms.vn")


def test_a_hello_that_never_ends_is_not_waited_for() -> None:
    endless = b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + bytes(0x4000 - 4) + b"\x16\x03\x01\x40\x00" + bytes(0x4000)

    assert read_hello(endless[: MOST - 1]) is None
    assert read_hello(endless[:MOST]) == Hello()


@given(st.binary(max_size=400), st.integers(0, 500), st.integers(0, 255))
def test_whatever_comes_is_read_or_waited_for(noise: bytes, at: int, byte: int) -> None:
    hello = bytearray(hello_of("rest.esms.vn"))
    hello[at % len(hello)] = byte

    for data in (noise, b"\x16\x03\x01" + noise, bytes(hello)):
        assert read_hello(data) is None or isinstance(read_hello(data), Hello)


@pytest.mark.parametrize(
    ("data", "is_tls"),
    [(b"\x16", True), (b"\x16\x03\x01", True), (b"\x16\x02", False), (b"GET /", False), (b"", False), (b"\x80", False)],
)
def test_tls_is_told_from_other_bytes(data: bytes, *, is_tls: bool) -> None:
    assert begins_tls(data) is is_tls
