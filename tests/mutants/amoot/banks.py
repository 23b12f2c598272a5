"""Mistakes that somebody could make in the backup lines, the banks, the prices and the black list of Amoot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mutants.amoot import made
from mutants.amoot.sends import charging
from mutants.kit import (
    Decided,
    body,
    every,
    handler,
    instead,
    of_facts,
    of_messages,
    on,
    with_fields,
    with_values,
)
from otp_sandbox.contract import Call
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.segments import segments
from otp_sandbox.domain.store import State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY
from otp_sandbox.providers.amoot.banks import Bank
from otp_sandbox.providers.amoot.checks import refused_phones
from otp_sandbox.providers.amoot.operations.sms.prices import CalculateMessagePrice

BACKUP, BANK, BANK_BACKUP, TREE = "SendWithBackupLine", "SendBank", "SendBankWithBackupLine", "GetBankTree"
TEXT, PATTERN, BLACK_LIST = "CalculateMessagePrice", "CalculatePatternMessagePrice", "IsBlackList_ByCancelation"
BANKS: Final = (BANK, BANK_BACKUP)


def _row_before(call: Call) -> Call:
    row = call.values["FromRow"]
    return with_values(call, FromRow=max(0, row - 1)) if isinstance(row, int) else call


def _anew(call: Call) -> Call:
    return replace(call, seed=call.seed + int(call.request_id.rpartition("-")[2] or 0))


def _from_start(call: Call) -> Call:
    row = call.values["FromRow"]
    return with_values(call, FromRow=0) if call.text("Random") == "true" and isinstance(row, int) else call


def _of_json(call: Call) -> Call:
    return call if call.text("Random") == "true" else with_fields(call, Random="")


def _order_first(call: Call) -> Call:
    return with_fields(call, Random=call.text("OrderType") or call.text("Random"))


def _flat(facts: dict[str, Any]) -> dict[str, Any]:
    def flat(banks: Sequence[tuple[Bank, Any]]) -> list[tuple[Bank, list[Any]]]:
        return [each for bank, parts in banks for each in ((bank, []), *flat(parts))]

    return {"banks": flat(facts["banks"])}


def _used_always(held: dict[str, Any]) -> dict[str, Any]:
    rows = [{**row, "UsedLine": "98"} if isinstance(row.get("Mobile"), str) else row for row in held["Data"]]
    return {**held, "Data": rows}


def _of_one(call: Call, _: State, made: Decided) -> Decided:
    parts = segments(call.text("SMSMessageText")).count
    return replace(made, verdict=Verdict("success", {"price": call.account.price * parts}))


def _of_part(call: Call, _: State, made: Decided) -> Decided:
    return replace(made, verdict=Verdict("success", {"price": call.account.price}))


def _charged(call: Call, _: State, made: Decided) -> Decided:
    made.writes[KEY] = call.account.charged(1)
    return made


def _line_as_sent(call: Call, _: State, found: Decided) -> Decided:
    facts = {**found.verdict.facts, "line": call.text("LineNumber")}
    return replace(found, verdict=Verdict("success", facts))


def _national(held: dict[str, Any]) -> dict[str, Any]:
    data = held["Data"]
    return {**held, "Data": [{**row, "Number": row["Number"] % 10**10} for row in data]} if data else held


class WithoutBlackListed(CalculateMessagePrice):
    """Counts nobody who wants no messages."""

    def refused(self, call: Call) -> frozenset[str]:
        """Refuse them."""
        return refused_phones(call)


WRITTEN: Final = (
    made(
        "backup-unused",
        "the backup line sends nothing",
        on(
            (BACKUP, BANK_BACKUP),
            change=of_messages(lambda call, message: replace(message, sender=call.text("LineNumber"))),
        ),
    ),
    made(
        "backup-for-all",
        "the backup line sends everything",
        handler(
            BACKUP, change=of_messages(lambda call, message: replace(message, sender=call.text("BackupLineNumber")))
        ),
    ),
    made("bank-rows-from-one", "the first row of a bank is 1", on(BANKS, call=_row_before)),
    made("bank-numbers-anew", "a bank has other numbers at each call", on(BANKS, call=_anew)),
    made(
        "bank-random-the-same",
        "at random the same rows are drawn at each call",
        on(BANKS, call=lambda call: replace(call, request_id="req-0")),
    ),
    made("bank-random-from-start", "at random FromRow does not count", on(BANKS, call=_from_start)),
    made("bank-order-of-json", "Random is read as true alone", handler(BANK, call=_of_json)),
    made("bank-order-type-first", "OrderType counts before Random", handler(BANK, call=_order_first)),
    made(
        "bank-free",
        "a send to a bank costs nothing",
        every(lambda name: handler(name, change=charging(lambda *_: 0)), *BANKS),
    ),
    made("bank-used-line-always", "UsedLine stands in every row", body(_used_always, BANK_BACKUP)),
    made("bank-tree-flat", "all banks stand side by side", handler(TREE, change=of_facts(_flat))),
    made("price-of-one", "the price is that of one recipient", handler(TEXT, change=_of_one)),
    made("price-charged", "a price is paid for", on((TEXT, PATTERN), change=_charged)),
    made("price-without-black-listed", "the black list is not counted", instead(TEXT, WithoutBlackListed())),
    made("price-of-empty-pattern", "the price of a pattern is that of a part", handler(PATTERN, change=_of_part)),
    made(
        "price-refusal-positive",
        "a refusal is the number of its status",
        body(lambda held: abs(held) if isinstance(held, int) else held, TEXT, PATTERN),
    ),
    made("black-list-as-sent", "the line is told as it was sent", handler(BLACK_LIST, change=_line_as_sent)),
    made("black-list-national", "a number has no country code", body(_national, BLACK_LIST)),
    made(
        "black-list-null",
        "every refusal has null",
        body(lambda held: {**held, "Data": held["Data"] or None}, BLACK_LIST),
    ),
)
