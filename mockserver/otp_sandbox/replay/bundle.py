"""Reads a bundle: the lane as its life began, what was asked of it and done to it, in order."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from otp_sandbox.lanes.accounts import Invalid
from otp_sandbox.lanes.restoring import Head, check_head
from otp_sandbox.lanes.snapshots import BUNDLE_FORMAT, BUNDLE_KIND, BYTES_MOST
from otp_sandbox.lanes.writes import CONTROL_WRITES, ControlWrite
from otp_sandbox.play.journal import REQUESTS, Entry
from otp_sandbox.play.player import REQUEST_COUNT

_GZIP: Final = b"\x1f\x8b"
_MOST: Final = 3 * BYTES_MOST
"""Bytes of a bundle, unpacked: it holds two snapshots, and the first one is small."""
Step: TypeAlias = Entry | ControlWrite


class NoBundle(Exception):
    """A file is no bundle of this version, or no whole one; the text says so in one line."""


class _Log(msgspec.Struct):
    place: int
    entry: msgspec.Raw


class _Snapshot(msgspec.Struct):
    counts: dict[str, int]
    logs: dict[str, msgspec.Raw]


class _Document(msgspec.Struct):
    beginning: msgspec.Raw
    state: _Snapshot


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is played again.

    Attributes:
        beginning: a snapshot of the lane as its life began, as bytes.
        steps: requests and control writes in the order in which they happened.
        missing: how many requests the journal had forgotten.
    """

    beginning: bytes
    steps: list[Step]
    missing: int


def read_bundle(path: Path) -> Bundle:
    """Read a file, packed or not.

    Raises:
        NoBundle: it cannot be read, is cut off, or is something else.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise NoBundle(f"{path} cannot be read: {error.strerror}") from error
    try:
        return _bundle(_unpacked(data))
    except (Invalid, msgspec.ValidationError) as error:
        raise NoBundle(f"{path} is no bundle that this version can play: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, zlib.error) as error:
        raise NoBundle(f"{path} is no whole bundle: {error}") from error


def _unpacked(data: bytes) -> bytes:
    if data.startswith(_GZIP):
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        data = unpacking.decompress(data, _MOST + 1)
        if not unpacking.eof and len(data) <= _MOST:
            raise zlib.error("it ends too early")
    if len(data) > _MOST:
        raise Invalid([("", f"it has more than {_MOST // 1024 // 1024} MB")])
    return data


def _bundle(data: bytes) -> Bundle:
    check_head(msgspec.json.decode(data, type=Head), BUNDLE_KIND, BUNDLE_FORMAT)
    document = msgspec.json.decode(data, type=_Document)
    began = msgspec.json.decode(document.beginning, type=_Snapshot)
    requests = _entries(document.state, REQUESTS.name, Entry)
    writes = _entries(document.state, CONTROL_WRITES.name, ControlWrite)
    steps = sorted([*requests, *writes], key=lambda each: each[0])
    asked = document.state.counts.get(REQUEST_COUNT, 0) - began.counts.get(REQUEST_COUNT, 0)
    return Bundle(bytes(document.beginning), [step for _, step in steps], max(asked - len(requests), 0))


def _entries(state: _Snapshot, name: str, kind: type[Step]) -> list[tuple[int, Step]]:
    raw = state.logs.get(name)
    if raw is None:
        return []
    decode = msgspec.json.Decoder(kind).decode
    return [(each.place, decode(each.entry)) for each in msgspec.json.decode(raw, type=list[_Log])]
