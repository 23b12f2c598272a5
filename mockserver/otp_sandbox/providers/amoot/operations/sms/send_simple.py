"""SendSimple, in both services, and SendWithBackupLine: one text to many recipients, each with a row of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from otp_sandbox.contract import Call, Check, Reason
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import sending
from otp_sandbox.providers.amoot.answers import write_rows, write_text
from otp_sandbox.providers.amoot.checks import refused_phones
from otp_sandbox.providers.amoot.lists import ENTRIES_MOST, entries
from otp_sandbox.providers.amoot.phones import fold
from otp_sandbox.providers.amoot.reasons import credit_not_enough

UNREADABLE: Final = ""
"""Stands for a recipient that is no mobile number."""


def recipients(text: str) -> tuple[str, ...] | None:
    """Read a list of recipients: a number that stands twice comes twice, what is no mobile number is `UNREADABLE`.

    None if there are too many.
    """
    read = entries(text)
    return None if read is None else tuple(fold(each) or UNREADABLE for each in read)


class SendSimple(sending.Send):
    """`SendSimple`."""

    operations = ("SendSimple",)
    body = staticmethod(write_text)
    readers = MappingProxyType({"Mobiles": recipients})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields. A list of separators alone is an empty one."""
        return {
            "mobiles_empty": lambda call, _: call.values["Mobiles"] == (),
            "no_mobile_left": lambda call, _: not any(goes for _, goes in self.rows(call)),
            "credit_not_enough": self._credit_not_enough,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {"credit_not_enough": credit_not_enough(self.price)}

    def keys(self, call: Call) -> Sequence[Key]:
        """What is known of each readable recipient."""
        phones = call.values["Mobiles"]
        return sending.keys_of(filter(None, phones)) if isinstance(phones, tuple) else ()

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Say it when the list is too long: the provider has no status for that."""
        change = super().refuse(call, state, verdict)
        if call.values["Mobiles"] is None:
            change.warnings.append(
                f"Mobiles has more than {ENTRIES_MOST} entries: the sandbox takes no more in one call"
            )
        return change

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, and send the text to all who can be sent to, now or later; the others have a row all the same."""
        text, line, at = call.text("SMSMessageText"), call.text("LineNumber"), sending.time_of(call)
        return sending.send_text(call, state, text, line, self.rows(call), at=at, backup=self.backup(call))

    def rows(self, call: Call) -> Iterator[tuple[str, bool]]:
        """Give each recipient in the order of the call, and whether that one can be sent to."""
        refused = self.refused(call)
        for phone in call.values["Mobiles"]:
            yield phone, phone != UNREADABLE and phone not in refused

    def refused(self, call: Call) -> frozenset[str]:
        """Give the recipients who are refused although they can be read."""
        return refused_phones(call)

    def backup(self, call: Call) -> str | None:  # noqa: ARG002  (a hook)
        """Name the line that sends to those who want no messages."""
        return None

    def price(self, call: Call, _: State) -> int:
        """Give what the call costs."""
        return sum(goes for _, goes in self.rows(call)) * sending.price_of(call, call.text("SMSMessageText"))

    def _credit_not_enough(self, call: Call, state: State) -> bool:
        return bool(call.account.credit < self.price(call, state))


class SendSimpleRest(SendSimple):
    """`SendSimple_REST` of the older service: the same, answered with rows alone (`amoot.older-rows`)."""

    operations = ("SendSimple_REST",)
    body = staticmethod(write_rows)


class SendWithBackupLine(SendSimple):
    """`SendWithBackupLine`: whoever wants no messages gets this one over the backup line (`amoot.backup-line`)."""

    operations = ("SendWithBackupLine",)

    def refused(self, call: Call) -> frozenset[str]:  # noqa: ARG002  (the twin reads it)
        """Refuse nobody."""
        return frozenset()

    def backup(self, call: Call) -> str:
        """Name the line as it was sent."""
        return call.text("BackupLineNumber")
