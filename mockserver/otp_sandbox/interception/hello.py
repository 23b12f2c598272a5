"""Reads which host a client wants out of the first message of TLS, the ClientHello (RFC 8446, 4.1.2; RFC 6066, 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST: Final = 32 * 1024
"""Bytes of a hello that are looked at; one with the largest keys of today has two thousand."""
_RECORD: Final = 22
_HEADER: Final = 5
_FIXED: Final = 4 + 2 + 32
"""Bytes before the first part of a hello that has a length: its own head, the version, the random number."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What a client says first: the host that it wants, None if it names none."""

    name: str | None = None


def begins_tls(data: bytes) -> bool:
    """Whether some bytes are the beginning of a ClientHello."""
    return data[:1] == b"\x16" and data[1:2] in (b"", b"\x03")


def read_hello(data: bytes) -> Hello | None:
    """Read a hello; None if more of it is to come. One that is broken names no host: whoever shakes hands sees it."""
    hello = b""
    rest = data
    while len(rest) >= _HEADER and rest[0] == _RECORD:
        length = int.from_bytes(rest[3:_HEADER])
        hello += rest[_HEADER : _HEADER + length]
        rest = rest[_HEADER + length :]
    if len(hello) >= _FIXED and len(hello) >= 4 + int.from_bytes(hello[1:4]):
        return Hello(_name_in(hello))
    is_broken = (rest and rest[0] != _RECORD) or len(data) >= MOST
    return Hello() if is_broken else None


def _name_in(hello: bytes) -> str | None:
    rest = hello[_FIXED:]
    for size in (1, 2, 1):  # session, ciphers, compressions
        rest = _split(rest, size)[1]
    extensions = _split(rest, 2)[0]
    while len(extensions) > 2:  # noqa: PLR2004  (its kind)
        kind = extensions[:2]
        content, extensions = _split(extensions[2:], 2)
        if kind == b"\0\0":
            # A list of names; there is no other kind than 0, a host.
            name = _split(content[3:], 2)[0]
            return name.decode("latin-1") or None
    return None


def _split(data: bytes, size: int) -> tuple[bytes, bytes]:
    """Split off what stands behind its length of so many bytes."""
    end = size + int.from_bytes(data[:size])
    return data[size:end], data[end:]
