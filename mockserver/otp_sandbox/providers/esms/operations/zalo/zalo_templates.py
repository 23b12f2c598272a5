"""What is asked about Zalo templates: their details, their list, and how their messages were rated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.answers import fill_text, write_refusal
from otp_sandbox.providers.esms.dates import in_milliseconds, in_vietnam, rating_date, to_the_second
from otp_sandbox.providers.esms.numbers import integer
from otp_sandbox.providers.esms.operations.zalo.asked import (
    ABOUT_TEMPLATE,
    WHY_TEMPLATE,
    account_asked,
    oa_of,
    template_asked,
    template_of,
)
from otp_sandbox.providers.esms.operations.zalo.official_accounts import told
from otp_sandbox.providers.esms.zalo_account import ZaloRating
from otp_sandbox.providers.esms.zns_templates import ParameterType, TemplateStatus, ZnsTemplate
from otp_specs import Outcome

_STATES: Final[Mapping[TemplateStatus, str]] = {
    "approved": "ENABLE",
    "pending": "PENDING_REVIEW",
    "deleted": "DELETE",
    "rejected": "REJECT",
    "disabled": "DISABLE",
}
_KINDS: Final[Mapping[ParameterType, str]] = {"number": "NUMBER", "date": "DATE"}
"""What the details call the types of variables. Only STRING is documented, which is all else."""
_PLACE: Final = re.compile(r"<(\w+)>")


def write_templates(call: Call) -> Mapping[str, Any]:
    """Write the templates of an Official Account that may be sent, of the type that is asked for."""
    asked = call.values["SmsType"]
    held = (each for each in account_asked(call).templates or () if each.approved)
    return {"ZNSTemplates": [_write_listed(each) for each in held if each.sms_type in (None, asked)]}


def _number(template: ZnsTemplate) -> int:
    return integer(template.id) or 0  # ids are numbers on the wire, whatever a test calls them


def _write_listed(template: ZnsTemplate) -> Mapping[str, Any]:
    return {
        "TempContent": _PLACE.sub(r"{{\1}}", template.text),
        "TempId": _number(template),
        "TempName": template.name,
        "ZNSTempDetail": [
            {"Limit": each.max_length, "Param": each.name, "ParamLevel": 1, "RequireType": f"type_{each.type}"}
            for each in template.known_parameters
        ],
    }


def _write_details(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write one template (`esms.zns-template-members`)."""
    template: ZnsTemplate = template_asked(call)
    members: dict[str, Any] = {
        "ListParams": [
            {
                "AcceptNull": each.accepts_empty,
                "MaxLength": each.max_length,
                "MinLength": each.min_length,
                "Name": each.name,
                "Require": each.required,
                "Type": _KINDS.get(each.type, "STRING"),
            }
            for each in template.known_parameters
        ],
        "PreviewUrl": template.preview_url,
        "Status": _STATES[template.status],
        "TemplateId": _number(template),
        "TemplateName": template.name,
        "TemplateQuality": template.quality or "null",
        "TemplateTag": template.tag,
        "Timeout": template.timeout_ms,
    }
    if call.dialect.option("zns-template-members") == "quota":
        members |= {"ApplyTemplateQuota": False, "TemplateDailyQuota": None, "TemplateRemainingQuota": None}
    else:
        members["ListButtons"] = [
            {"Content": each.content, "Title": each.title, "Type": each.type} for each in template.buttons
        ]
        members["Reason"] = template.reason
    return {"Data": dict(sorted(members.items())), "Error": 0, "Message": fill_text(call, row, facts)}


def _refuse_details(call: Call, row: Outcome, facts: Facts) -> Any:
    if call.dialect.option("zns-template-refused") == "error":
        return {"Error": int(row.code), "Message": fill_text(call, row, facts)}
    return write_refusal(call, row, facts)


def _ratings(call: Call) -> list[ZaloRating]:
    first, last = call.values["FromTime"], call.values["ToTime"]
    asked = oa_of(call), template_of(call)
    return [
        each
        for each in call.account.ratings
        if (each.official_account, each.template) == asked
        and first <= to_the_second(in_vietnam(each.submitted_at)) <= last
    ]


def _limit_invalid(call: Call, _: State) -> bool:
    return not 1 <= call.values["Limit"] <= call.dialect.policy("rating_limit_max")


def _write_ratings(call: Call, _: Facts) -> Mapping[str, Any]:
    ratings, first = _ratings(call), call.values["Offset"]
    return {
        "Data": [_write_rating(each) for each in ratings[first : first + call.values["Limit"]]],
        "Total": len(ratings),
    }


def _write_rating(rating: ZaloRating) -> Mapping[str, Any]:
    return {
        "feedbacks": rating.feedbacks,
        "msgId": rating.message_id,
        "note": rating.note,
        "rate": rating.rate,
        "submitDate": str(in_milliseconds(in_vietnam(rating.submitted_at))),
        "trackingId": rating.tracking_id,
    }


DETAILS: Final = Query(
    "GetZnsTemplateInfo",
    cause="zns_template_told",
    body=_write_details,
    refusal=_refuse_details,
    checks=ABOUT_TEMPLATE,
    reasons=WHY_TEMPLATE,
)
RATINGS: Final = Query(
    "GetRating",
    cause="zalo_told",
    body=told(_write_ratings),
    refusal=write_refusal,
    readers={"FromTime": rating_date, "ToTime": rating_date, "Offset": integer, "Limit": integer},
    checks={
        **ABOUT_TEMPLATE,
        "paging_invalid": lambda call, _: call.values["Offset"] < 0,
        "limit_invalid": _limit_invalid,
    },
    reasons=WHY_TEMPLATE,
)
