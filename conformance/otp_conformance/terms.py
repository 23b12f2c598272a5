"""On what terms a target lets cases run: which are left out, what they count as, and what stands around the sending."""

from __future__ import annotations

from typing import Any

from otp_conformance.case import Case, Level, Tier
from otp_conformance.transport import Transport
from otp_specs import Operation


class Terms:
    """Those of a sandbox: everything may be tried, nothing costs money, nothing is counted."""

    judges_every_option = False
    """Whether a case about an option that is not known to be in force is tried all the same."""

    def wrap(self, transport: Transport) -> Transport:
        """Put around a transport what has to see each request."""
        return transport

    def refuse(self, each: Case) -> str | None:  # noqa: ARG002  (for terms that do)
        """Say why a case is left out, or None if it is not."""
        return None

    def level_of(self, each: Case) -> Level:
        """Give the level at which a case is judged."""
        return each.level

    def tier_of(self, each: Case) -> Tier:
        """Give what a case costs at most."""
        return each.tier

    def begin(self, each: Case) -> None:
        """Learn which case begins."""

    def rents(self, each: Case) -> bool:  # noqa: ARG002  (for terms that do)
        """Whether a number is rented for a case, to read a code there."""
        return False

    def allow(self, phone: str) -> None:
        """Let the running case send to a number that was rented for it."""

    def outward(self, provider: str, text: str) -> str:  # noqa: ARG002  (for terms that allow other numbers only)
        """Put the number that may be sent to where the suite writes its own."""
        return text

    def examples_only(self, operation: Operation) -> bool:  # noqa: ARG002  (for terms under which it costs)
        """Whether generated requests of an operation are those of the spec's examples, and no others."""
        return False

    def admit_generated(self, provider: str, operation: Operation, query: Any, body: Any) -> None:
        """Look at a generated request; put allowed numbers into it, or stop it.

        Raises:
            CouldNotRun, NotApplicable: it may not be sent.
        """
