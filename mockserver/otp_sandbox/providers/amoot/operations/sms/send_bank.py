"""SendBank and SendBankWithBackupLine: one text to some numbers of a bank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import Call, Check, Facts, Reason, Why, added, listed, shown
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import sending
from otp_sandbox.providers.amoot.answers import write_text
from otp_sandbox.providers.amoot.banks import BANK_MOST, Bank, at_random, in_order, phones_at
from otp_sandbox.providers.amoot.checks import refused_phones
from otp_sandbox.providers.amoot.flags import YES
from otp_sandbox.providers.amoot.lists import ENTRIES_MOST
from otp_sandbox.providers.amoot.numbers import message_number, whole
from otp_sandbox.providers.amoot.reasons import credit_not_enough
from otp_specs import Outcome

ORDERS: Final = ("Random", "IsRandom", "OrderType", "SendOrderType")
"""The fields that say in which order rows are taken; the first that is there counts (`amoot.bank-order`)."""


def _first_row(text: str) -> int | None:
    number = whole(text)
    return number if number is not None and number >= 0 else None


def _count(text: str) -> int | None:
    number = whole(text)
    return number if number is not None and 0 < number <= ENTRIES_MOST else None


class SendBank(sending.Send):
    """`SendBank`."""

    operations = ("SendBank",)
    readers = MappingProxyType(
        {"BankID": lambda text: message_number(text) or 0, "FromRow": _first_row, "Count": _count}
    )

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields."""
        return {
            "bulk_id_invalid": lambda call, _: _bank(call) is None,
            "from_row_beyond": lambda call, _: call.values["FromRow"] >= _known(call).count,
            "no_mobile_left": lambda call, _: not any(goes for _, goes in self.rows(call)),
            "credit_not_enough": lambda call, state: call.account.credit < self.price(call, state),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {
            "bulk_id_invalid": _why_no_bank,
            "from_row_beyond": _why_beyond,
            "credit_not_enough": credit_not_enough(self.price),
        }

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """Say it when more are wanted than are sent to in one call."""
        change = super().refuse(call, state, verdict)
        if call.values["Count"] is None and (whole(call.text("Count")) or 0) > ENTRIES_MOST:
            change.warnings.append(f"Count is more than {ENTRIES_MOST}: the sandbox sends to no more in one call")
        return change

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, and send the text to the numbers of the rows, now or later."""
        text, line, at = call.text("SMSMessageText"), call.text("LineNumber"), sending.time_of(call)
        rows, backup = self.rows(call), self.backup(call)
        return sending.send_text(call, state, text, line, rows, at=at, backup=backup, of_bank=True)

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write a text with its rows, as the other sends or as the samples have them (`amoot.bank-rows`)."""
        held = write_text(call, row, facts)
        if call.dialect.option("bank-rows") == "as-sends":
            return held
        return {**held, "Data": [self.as_printed(each, facts) for each in held["Data"]]}

    def as_printed(self, row: Mapping[str, Any], facts: Facts) -> Mapping[str, Any]:  # noqa: ARG002  (the twin reads them)
        """Write a row as the sample of the operation has it."""
        return {"Number": row["Mobile"], "MessageID": row["MessageID"], "Status": row["Status"]}

    def rows(self, call: Call) -> Iterator[tuple[str, bool]]:
        """Give the numbers of the rows that are wanted, and whether each can be sent to."""
        refused = self.refused(call)
        return ((phone, phone not in refused) for phone in _phones(call))

    def refused(self, call: Call) -> frozenset[str]:
        """Give the recipients who are refused."""
        return refused_phones(call)

    def backup(self, call: Call) -> str | None:  # noqa: ARG002  (a hook)
        """Name the line that sends to those who want no messages."""
        return None

    def price(self, call: Call, _: State) -> int:
        """Give what the call costs."""
        return sum(goes for _, goes in self.rows(call)) * sending.price_of(call, call.text("SMSMessageText"))


class SendBankWithBackupLine(SendBank):
    """`SendBankWithBackupLine`: whoever wants no messages gets this one over the backup line (`amoot.backup-line`)."""

    operations = ("SendBankWithBackupLine",)

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send; somebody is always left."""
        return {cause: check for cause, check in super().checks().items() if cause != "no_mobile_left"}

    def refused(self, call: Call) -> frozenset[str]:  # noqa: ARG002  (the twin reads it)
        """Refuse nobody."""
        return frozenset()

    def backup(self, call: Call) -> str:
        """Name the line as it was sent."""
        return call.text("BackupLineNumber")

    def as_printed(self, row: Mapping[str, Any], facts: Facts) -> Mapping[str, Any]:
        """Write a row as the sample of the operation has it."""
        rerouted: Any = facts["rerouted"]
        used = {"UsedLine": rerouted[row["MessageID"]]} if row["MessageID"] in rerouted else {}
        return {**row, "Mobile": f"0{row['Mobile']}", **used}


def _bank(call: Call) -> Bank | None:
    number = call.value("BankID")
    found: Bank | None = call.account.bank(number) if number is not None else None
    return found


def _known(call: Call) -> Bank:
    """Give the bank, which an earlier check has found."""
    bank = _bank(call)
    if bank is None:
        raise LookupError("the bank is used before it is looked for")
    return bank


def _phones(call: Call) -> Sequence[str]:
    """Give the numbers of the rows; a call at random draws others than the one before."""
    bank, first, count = _known(call), call.values["FromRow"], call.values["Count"]
    if _is_random(call):
        rows = at_random(bank, first, count, draw(call.seed, "rows", bank.id, call.request_id))
        return phones_at(rows, bank, call.seed)
    return phones_at(in_order(bank, first, count), bank, call.seed)


def _is_random(call: Call) -> bool:
    told = next(filter(None, map(call.text, ORDERS)), "")
    return told.strip().lower() in {*YES, "random"}


def _why_no_bank(call: Call, _: State) -> Why:
    known, number = listed(each.id for each in call.account.banks), call.value("BankID")
    possible = number is not None and 0 < number <= BANK_MOST
    remedy = added("banks", {"id": number, "title": "", "count": ENTRIES_MOST}) if possible else None
    return Why(f"BankID {shown(call.text('BankID'))} is none of {known}", remedy)


def _why_beyond(call: Call, _: State) -> Why:
    bank = _known(call)
    return Why(f"bank {bank.id} has {bank.count} rows, the first is 0; FromRow is {call.text('FromRow')}")
