"""What is registered for the account: sender names, and their templates by carrier or those of Zalo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from otp_sandbox.contract import MISSING, Call, Check, Facts, Query
from otp_sandbox.domain.seeds import draw
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.answers import fill_text, write_refusal
from otp_sandbox.providers.esms.carriers import CARRIERS
from otp_sandbox.providers.esms.operations.zalo.asked import ABOUT_ACCOUNT, WHY_ACCOUNT, oa_of
from otp_sandbox.providers.esms.operations.zalo.zalo_templates import write_templates
from otp_specs import Outcome

_CUSTOMER_CARE: Final = 2
_LISTED: Final = {"2": _CUSTOMER_CARE, "24": 24, "25": 25}
_BOTH_TYPES: Final = (2, 1)
_TEMPLATES: Final = 1_000_000


def _write_brandnames(call: Call, row: Outcome, _: Facts) -> Any:
    """Write the sender names in the order of the account (`esms.brandnames-listed`)."""
    held = [(each.name, each.type) for each in call.account.brandnames or ()]
    if call.dialect.option("brandnames-listed") == "both-types":
        held = [(name, kind) for name in dict.fromkeys(name for name, _ in held) for kind in _BOTH_TYPES]
    names = [{"Brandname": name, "Type": kind} for name, kind in held]
    return {"CodeResponse": row.code, "ListBrandName": names}


def _write_brandnames_refusal(call: Call, row: Outcome, facts: Facts) -> Any:
    name = "CodeResponse" if call.dialect.option("brandnames-codes") == "code-response" else "CodeResult"
    return {name: row.code, "ErrorMessage": fill_text(call, row, facts)}


def _write_templates(call: Call, row: Outcome, facts: Facts) -> Any:
    if call.values["SmsType"] != _CUSTOMER_CARE:
        return {"CodeResult": row.code, "ErrorMessage": fill_text(call, row, facts), **write_templates(call)}
    return {
        "BrandnameTemplates": list(_templates(call)),
        "CodeResult": row.code,
        "ErrorMessage": fill_text(call, row, facts),
    }


def _templates(call: Call) -> Iterator[dict[str, Any]]:
    """Give the templates of a sender name by carrier: in the order of the account, then by the carrier's number."""
    brandname = call.account.brandname(call.text("Brandname"))
    for template in dict.fromkeys(brandname.templates or ()):
        # The same number as long as the template is registered, another one at each carrier.
        number = (draw(call.seed, "TempId", brandname.name, template) % _TEMPLATES + 1) * 10
        for each in CARRIERS:
            if brandname.reaches(each.name):
                yield {"NetworkID": each.id, "TempContent": template, "TempId": number + each.id}


def _brandname_unknown(call: Call, _: State) -> bool:
    """The sender name is none that sends customer care."""
    name = call.values["Brandname"]
    return _asks_for_sms(call) and name is not MISSING and call.account.brandname(name) is None


def _asks_for_sms(call: Call) -> bool:
    return bool(call.values["SmsType"] == _CUSTOMER_CARE)


def _of_zalo(check: Check) -> Check:
    return lambda call, state: not _asks_for_sms(call) and check(call, state)


BRANDNAMES: Final = Query(
    "GetListBrandname",
    "GetListBrandnameV2",
    cause="brandnames_told",
    body=_write_brandnames,
    refusal=_write_brandnames_refusal,
)

TEMPLATES: Final = Query(
    "GetTemplate",
    cause="templates_told",
    body=_write_templates,
    refusal=write_refusal,
    readers={"SmsType": lambda text: _LISTED.get(text.strip())},
    checks={
        "oa_or_template_missing": lambda call, _: not _asks_for_sms(call) and not oa_of(call),
        **{cause: _of_zalo(check) for cause, check in ABOUT_ACCOUNT.items()},
        "brandname_missing": lambda call, _: _asks_for_sms(call) and call.values["Brandname"] is MISSING,
        "brandname_unknown": _brandname_unknown,
    },
    reasons=WHY_ACCOUNT,
)
