"""A request to a provider, as it was read. How it came is not known here."""

from __future__ import annotations

from collections.abc import Mapping

from otp_sandbox.contract import Fields, Source
from otp_sandbox.domain.record import Record


class Request(Record):
    """What a client sent.

    `path` is as it was sent, without the query. `fields` are all fields under their documented names, wherever they
    stood; `unreadable` tells that there was a body which is not what it says. `size` is how many bytes the target and
    the body had; `has_unnamed` says whether there are fields that the operation has no name for. `came` says how the
    request came, in the flags of `contract.came`.
    """

    method: str
    path: str
    fields: Fields
    headers: Mapping[str, str]
    source: Source
    warnings: tuple[str, ...] = ()
    unreadable: bool = False
    size: int = 0
    has_unnamed: bool = False
    came: int = 0
