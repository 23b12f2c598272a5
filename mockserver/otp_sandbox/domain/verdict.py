"""What a decision says: the cause by name, and the facts. No number of any provider stands here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otp_sandbox.domain.record import Record


class Verdict(Record):
    """A cause by name, success included. The provider's spec says which row of its table answers it.

    `facts` fill the texts of the row and the shape of the answer; `reason` is for the people who read the journal,
    `remedy` the patch on the account that would let the call pass; `magic` says that the row was asked for by a magic
    value.
    """

    cause: str
    facts: Mapping[str, object] = {}
    reason: str = ""
    magic: bool = False
    remedy: Mapping[str, Any] | None = None
