"""How a rent names its service: server, dot, id, or the id alone; and the magic values among them."""

from __future__ import annotations

import re
from typing import Final

from otp_sandbox.contract import Magic
from otp_specs.model import Code

_COMPOSITE: Final = re.compile(r"[0-9]{2}\.[0-9]{1,9}")
_BARE: Final = re.compile(r"[0-9]{1,9}")
_MAGIC: Final = re.compile(r"99\.([0-9]{1,9})")
_FIRST_POSITIVE: Final = 10
"""Below it a magic number stands for the negative code."""


def composite(text: str) -> str | None:
    """Read `02.97`. It stays text: a spelling without the zero in front is another service."""
    return text if _COMPOSITE.fullmatch(text) else None


def bare_or_composite(text: str) -> str | None:
    """Read `97`, or `02.97`; which of them will do is for the operation and its choices to say."""
    return text if _BARE.fullmatch(text) else composite(text)


def _code_of(text: str) -> str | None:
    found = _MAGIC.fullmatch(text)
    if found is None:
        return None
    number = int(found.group(1))
    return str(-number if number < _FIRST_POSITIVE else number)


def _value_of(code: Code) -> str | None:
    number = int(code)
    if -_FIRST_POSITIVE < number < 0:
        return f"99.{-number}"
    return f"99.{number}" if number >= _FIRST_POSITIVE else None


MAGIC: Final = Magic(fields=("serviceId",), code_of=_code_of, value_of=_value_of)
