"""Heads are cut out of what a connection brings, and mended; bodies are followed to their end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.streams import EMPTY_PAYLOAD

from otp_sandbox.web.heads import HEAD_MOST, Framing, first_line, mended

PLAIN = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "parsed"),
    [
        (PLAIN, PLAIN),
        (b"GET /a?t=\xd8\xb3 HTTP/1.1\r\n\r\n", b"GET /a?t=%D8%B3 HTTP/1.1\r\n\r\n"),
        (b"GET /a?t=\xff HTTP/1.1\r\n\r\n", b"GET /a?t=%FF HTTP/1.1\r\n\r\n"),
        (b"GET /a?t=one two  three HTTP/1.1\r\n\r\n", b"GET /a?t=one%20two%20%20three HTTP/1.1\r\n\r\n"),
        (b"GET /a?t=%20 HTTP/1.1\r\nX: a b c\r\n\r\n", b"GET /a?t=%20 HTTP/1.1\r\nX: a b c\r\n\r\n"),
        (b"GET /a HTTP/1.1\r\nX: \xff\xd8\xb3\r\n\r\n", "GET /a HTTP/1.1\r\nX: \ufffdس\r\n\r\n".encode()),
        (b"GET /\x01 b\r\n\r\n", b"GET /\x01 b\r\n\r\n"),  # no version: the parser says what it thinks of it
    ],
)
def test_what_lenient_servers_take_is_mended(sent: bytes, parsed: bytes) -> None:
    """As if the client had percent-encoded it; http.sys reads raw UTF-8 and raw blanks in targets."""
    assert mended(sent) == parsed


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (PLAIN, ("GET", "/a")),
        (b"GET /a b\x00\xff HTTP/1.1\r\n\r\n", ("GET", "/a b\ufffd\ufffd")),
        (b"POST /a", ("POST", "/a")),
        (b"\x16\x03\x01", ("?", "")),
        (b"S3cret s3cret\r\n\r\n", ("?", "")),
        (b"NONSENSENONSENSENONSENSE /a", ("?", "")),
        (b"", ("?", "")),
    ],
)
def test_a_broken_head_has_a_line_that_can_be_shown(head: bytes, line: tuple[str, str]) -> None:
    assert first_line(head) == line


class Parser:
    """Reads heads as aiohttp's would, and tells the framing."""

    def __init__(self) -> None:
        self.framing = Framing()
        self.pieces: list[bytes] = []

    def bring(self, data: bytes) -> None:
        self.framing.take(data)
        while (piece := self.framing.next()) is not None:
            self.pieces.append(piece)
            self.framing.follow((self._messages(piece), False, b""))

    def _messages(self, piece: bytes) -> list[Any]:
        if not piece.endswith(b"\r\n\r\n") or not piece[:1].isupper():
            return []
        lines = piece.decode().split("\r\n")[1:-2]
        headers = dict(line.split(": ") for line in lines)
        payload: Any = EMPTY_PAYLOAD
        if "Transfer-Encoding" in headers:
            self.chunks = payload = SimpleNamespace(ended=False, is_eof=lambda: self.chunks.ended)
        elif headers.get("Content-Length", "0") != "0":
            payload = object()
        return [(SimpleNamespace(headers=headers), payload)]


POST = b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_requests_are_cut_at_their_ends(size: int) -> None:
    """However the bytes come."""
    parser = Parser()
    data = PLAIN + POST + b"x\r\n" + PLAIN + POST + b"abc"

    for at in range(0, len(data), size):
        parser.bring(data[at : at + size])

    assert b"".join(parser.pieces) == data
    assert [each for each in parser.pieces if each.endswith(b"\r\n\r\n")] == [PLAIN, POST, PLAIN, POST]
    assert parser.framing.between
    assert not parser.framing.lost


def test_half_a_request_is_waited_for() -> None:
    parser = Parser()

    parser.bring(PLAIN[:-1])

    assert (parser.pieces, parser.framing.between) == ([], False)


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x02\x00", b"GET /a HTTP/1.1\nHost: h\n\n", b"GET /" + b"a" * HEAD_MOST],
    ids=["tls", "bare line feeds", "too long"],
)
def test_what_is_no_head_goes_on_as_it_is(data: bytes) -> None:
    """At once: the parser refuses it, and says so to the client."""
    parser = Parser()

    parser.bring(data)

    assert parser.pieces == [data]
    assert parser.framing.lost
    assert parser.framing.head == data[:HEAD_MOST]


def test_a_body_in_chunks_is_followed_when_it_ends_with_what_came() -> None:
    parser = Parser()
    parser.bring(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")

    parser.bring(b"1\r\na\r\n")
    assert not parser.framing.between
    parser.chunks.ended = True
    parser.bring(b"0\r\n\r\n")

    assert parser.framing.between
    assert not parser.framing.lost


def test_what_comes_behind_chunks_in_one_piece_is_not_followed() -> None:
    """Where the body ended is known to the parser alone."""
    parser = Parser()
    parser.bring(b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    parser.chunks.ended = True

    parser.bring(b"0\r\n\r\nGET /a HT")
    parser.bring(b"TP/1.1\r\n\r\n")

    assert parser.framing.lost
    assert parser.pieces[1:] == [b"0\r\n\r\nGET /a HT", b"TP/1.1\r\n\r\n"]
