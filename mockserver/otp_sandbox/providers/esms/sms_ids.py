"""The forms of an SMSID (`esms.smsid-opaque`)."""

from __future__ import annotations

from typing import Final

from otp_sandbox.providers.esms.voice_calls import VOICE_CALLS

_TAILS: Final = tuple(range(10**digits, 10 ** (digits + 1)) for digits in (1, 2, 3))
HEX_ONLY: Final = frozenset({"SendMessageAutoGenCode_V4_get", "SendMessageAutoGenCode_V5"})
"""Operations whose SMSID has no tail (`esms.smsid-opaque`)."""
GUID_ONLY: Final = VOICE_CALLS
"""Operations whose id is a GUID and nothing more (`esms.voice-calls`)."""


def with_tail(digits: str, number: int, form: str) -> str:
    """Write an SMSID in one of its forms; the GUID is one of version 4, like those that were seen."""
    if form == "hex":
        return digits
    number, length = divmod(number, len(_TAILS))
    tail = _TAILS[length][number % len(_TAILS[length])]
    if form == "hex-and-digits":
        return f"{digits}{tail}"
    return f"{as_guid(digits)}{tail}"


def as_guid(digits: str) -> str:
    """Write 32 digits as a GUID of version 4."""
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
