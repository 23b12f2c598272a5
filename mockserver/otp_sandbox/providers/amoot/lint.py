"""What clients of Amoot do wrong, besides what clients of all providers may."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract.lint import Asked, Bound, Lint, Look, Rule, Subject
from otp_sandbox.providers.amoot.dates import exact_time
from otp_sandbox.providers.amoot.numbers import whole

_NOW: Final = ("", "0")
"""What programs send for now."""


def _send_time(_: Subject) -> Look:
    def look(asked: Asked) -> str | None:
        text = asked.fields.get("SendDateTime", "")
        if not asked.success or text.strip() in _NOW or exact_time(text) is not None:
            return None
        return f"SendDateTime of {asked.operation} is no time: the message was sent at once"

    return look


def _fixed_code(_: Subject) -> Look:
    used: set[str] = set()

    def look(asked: Asked) -> str | None:
        code = asked.fields.get("OptionalCode", "")
        if not asked.success or not code:
            return None
        if code in used:
            return f"{asked.operation} with an OptionalCode that was sent before"
        used.add(code)
        return None

    return look


LINT: Final = Lint(
    rules=(
        Rule(
            id="amoot-send-time",
            severity="medium",
            title="SendDateTime that cannot be read",
            what="A message had a SendDateTime that is no time in any spelling that Amoot reads.",
            why="The message is sent at once, and the answer says Success.",
            mend="Write ISO 8601 with the offset, 2026-03-01T12:00:00+03:30, and encode the plus in a query as %2B.",
            source="C, the provider's own module; S, parameter table",
            begin=_send_time,
            roles=("send",),
        ),
        Rule(
            id="amoot-fixed-code",
            severity="medium",
            title="The same code twice",
            what="The same OptionalCode was sent twice.",
            why="Whoever has seen a code knows the next one. A code of one's own must be as hard to guess as one "
            "of the provider.",
            mend="Leave OptionalCode out, or draw a new code from a secure source for each send.",
            source="NIST SP 800-63B, 5.1.3.2: secrets come from an approved random source",
            begin=_fixed_code,
            operations=("SendQuickOTP",),
        ),
    ),
    bounds=(Bound("CodeLength", most="code_length_max", least="code_length_min", read=whole),),
)
