"""Calls of the voice API: what became of them, and what is told of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from otp_sandbox.domain.messages import Message
from otp_sandbox.providers.esms.details import send_status, total_price

VOICE_CALLS: Final = frozenset({"MakeCallTemplate_V2", "MakeCallRecord_V2"})
"""Operations whose calls have a state and a callback of their own."""
_CALLER: Final = "02871002454"
"""The number that calls, as the sample of the callback has it."""
_SECONDS: Final = 13
"""How long a call takes that is answered, as the sample of the state has it."""


class CallResult(NamedTuple):
    """Of one call: `seconds` that it took, `answered` None as long as it is not over."""

    seconds: int
    answered: bool | None
    status: int


def result_of(message: Message) -> CallResult:
    """Tell what became of a call."""
    if message.state == "delivered":
        return CallResult(_SECONDS, answered=True, status=send_status(message))
    over = message.state in ("failed", "rejected")
    return CallResult(0, answered=False if over else None, status=send_status(message))


def call_facts(message: Message) -> Mapping[str, str]:
    """Give what the callback of a call tells, in its order (`esms.voice-callback`)."""
    result = result_of(message)
    return {
        "ReferenceId": message.id,
        "CallDuration": str(result.seconds),
        "CallStatus": "ANSWERED" if result.answered else "NO ANSWER",
        "Ivr": "",
        "Price": f"{total_price(message)}.0000",
        "SentResult": str(int(bool(result.answered))),
        "CID": _CALLER,
        "SendStatus": str(result.status),
    }
