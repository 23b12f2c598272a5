"""What a send would cost: nothing is sent or charged (`esms.summary`)."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import MISSING, Call, Facts, Query
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms import prices, reasons
from otp_sandbox.providers.esms.answers import fill_text, write_refusal, write_send
from otp_sandbox.providers.esms.details import ADVERTISING
from otp_sandbox.providers.esms.numbers import write_money
from otp_sandbox.providers.esms.phones import fold
from otp_sandbox.providers.esms.recipients import read_recipients, recipients_of
from otp_specs import Outcome


def _price_one(call: Call, _: State) -> Facts:
    return {"price": prices.cost_of(call, call.text("Content")).price, "receivers": 1}


def _price_many(call: Call, _: State) -> Facts:
    found: Any = recipients_of(call)
    cost = prices.cost_of(call, call.text("Content"), receivers=len(found.phones))
    return {"price": cost.price, "receivers": len(found.phones)}


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    return {
        "CodeResult": row.code,
        "ErrorMessage": fill_text(call, row, facts),
        "TotalPrice": facts["price"],
        "TotalReceiver": facts["receivers"],
    }


def _write_many(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the price with places behind the point, as published."""
    price: Any = facts["price"]
    return _write(call, row, {**facts, "price": write_money(price)})


def _refuse_many(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write a refusal: the one for keys has the form of a send, as published."""
    return (write_send if row.name == "authorize_failed" else write_refusal)(call, row, facts)


SUMMARY: Final = Query(
    "SummaryMultipleMessage_V4_get",
    cause="summary_told",
    find=_price_one,
    body=_write,
    refusal=write_refusal,
    readers={"Phone": fold, "SmsType": lambda text: text if text.strip() == "2" else None},
    checks={
        "brandname_missing": lambda call, _: call.values["BrandName"] is MISSING,
        "brandname_unknown": lambda call, _: call.account.brandname(call.text("BrandName")) is None,
    },
    reasons={"brandname_unknown": reasons.brandname_unknown(lambda call: call.text("BrandName"))},
)
ADVERTISING_SUMMARY: Final = Query(
    "SummaryMultipleSMSBrandname",
    cause="summary_told",
    find=_price_many,
    body=_write_many,
    refusal=_refuse_many,
    readers={"Phone": read_recipients, "SmsType": lambda text: text if text.strip() == "1" else None},
    checks={
        "brandname_missing": lambda call, _: call.values["Brandname"] is MISSING,
        "brandname_unknown": lambda call, _: call.account.brandname(call.text("Brandname"), ADVERTISING) is None,
    },
    reasons={
        "brandname_missing": reasons.brandname_missing(lambda _: ADVERTISING),
        "brandname_unknown": reasons.brandname_unknown(lambda call: call.text("Brandname"), lambda _: ADVERTISING),
    },
)
