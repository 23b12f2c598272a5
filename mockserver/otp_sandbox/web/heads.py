"""Cuts what a connection brings into heads and bodies, and mends heads that clients send and a strict parser refuses.

.NET, PHP and Java put raw blanks and raw UTF-8 into a target, and the servers of the providers take it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from aiohttp.streams import EMPTY_PAYLOAD

END: Final = b"\r\n\r\n"
HEAD_MOST: Final = 64 * 1024
"""Bytes of a head that is waited for. The parser refuses what is much shorter."""
_line: Final = re.compile(rb"([A-Z]+) (.*) (HTTP/[0-9.]+)", re.DOTALL).fullmatch
_raw: Final = re.compile(rb"[ \x80-\xff]")
_BLANKS: Final = 2


class Framing:
    """Follows a connection: where a head begins, and where its body ends.

    What cannot be followed is given on as it is, from there on: what aiohttp itself makes of it then counts.
    """

    __slots__ = ("_body", "_chunked", "_held", "_searched", "_whole", "between", "head", "lost")

    def __init__(self) -> None:
        self._held = b""
        self._body = 0
        self._chunked: Any = None
        self._whole = False
        self._searched = 0
        self.lost = False
        self.between = True
        """Whether a request is over and nothing of the next one is there."""
        self.head = b""
        """The head that was read last, as it came: what a refusal is about."""

    def take(self, data: bytes) -> None:
        """Take what the connection brings."""
        self._held += data
        self.between = False

    def next(self) -> bytes | None:
        """Give the next piece for the parser: a whole head, or what there is of a body. None: wait for more."""
        held = self._held
        if not held:
            self.between = not (self.lost or self._body or self._chunked is not None)
            return None
        if self.lost or self._chunked is not None:
            self._held = b""
            self._whole = held.endswith(END)
            return held
        if self._body:
            piece, self._held = held[: self._body], held[self._body :]
            self._body -= len(piece)
            return piece
        end = held.find(END, self._searched)
        if end < 0:
            if len(held) < HEAD_MOST and held[:1].isalpha() and held.find(b"\n\n", self._searched) < 0:
                self._searched = max(len(held) - len(END), 0)
                return None
            self.lost = True
            self.head, self._held = held[:HEAD_MOST], b""
            return held
        self.head, self._held, self._searched = held[: end + len(END)], held[end + len(END) :], 0
        return mended(self.head)

    def rest(self) -> bytes:
        """Give what was not given yet, as it is."""
        held, self._held = self._held, b""
        return held

    def follow(self, parsed: Any) -> None:
        """Learn what the parser made of the last piece."""
        messages, upgraded = parsed[0], parsed[1]
        if self.lost:
            return
        if self._chunked is not None:
            if self._chunked.is_eof():
                self._chunked = None
                self.lost = not self._whole or bool(messages)  # the next request may have begun
        elif messages:
            message, payload = messages[0]
            self.lost = upgraded or len(messages) > 1
            if payload is EMPTY_PAYLOAD or self.lost:
                return
            length = message.headers.get("Content-Length", "")
            if length.isdecimal():
                self._body = int(length)
            else:
                self._chunked = payload


def mended(head: bytes) -> bytes:
    """Percent-encode blanks and bytes above 127 in a target; in a header, what is no UTF-8 becomes U+FFFD."""
    line, end, headers = head.partition(b"\r\n")
    if head.isascii() and line.count(b" ") <= _BLANKS:
        return head
    parts = _line(line)
    if parts is not None:
        target = _raw.sub(lambda byte: b"%%%02X" % byte[0][0], parts[2])
        line = b"%b %b %b" % (parts[1], target, parts[3])
    return line + end + (headers if headers.isascii() else headers.decode("utf-8", "replace").encode())


def first_line(head: bytes) -> tuple[str, str]:
    """Give method and target of a head that was refused: only printable characters. What is no HTTP has neither."""
    method, _, rest = head.partition(b"\n")[0].strip().partition(b" ")
    if not _is_method(method):
        return "?", ""
    target = (rest.rpartition(b" HTTP/")[0] or rest).decode("utf-8", "replace")
    return method.decode(), "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in target)


_is_method: Final = re.compile(rb"[A-Z]{3,16}").fullmatch
