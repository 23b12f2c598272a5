"""The values of a service that name an outcome; numbers are spelled as at all that rent them."""

from __future__ import annotations

import re
from typing import Final

from otp_sandbox.contract import Magic
from otp_specs.model import Code

_MAGIC: Final = re.compile(r"9900([0-9]{3})")
_FIRST_POSITIVE: Final = 10
"""Below it a magic number stands for the negative code."""


def _code_of(text: str) -> str | None:
    found = _MAGIC.fullmatch(text)
    if found is None:
        return None
    number = int(found[1])
    return str(-number if number < _FIRST_POSITIVE else number)


def _value_of(code: Code) -> str | None:
    number = int(code)
    if -_FIRST_POSITIVE < number < 0:
        return f"9900{-number:03}"
    return f"9900{number:03}" if number >= _FIRST_POSITIVE else None


MAGIC: Final = Magic(fields=("serviceId",), code_of=_code_of, value_of=_value_of)
