"""What a ZNS would cost. Nothing is sent, and nothing charged."""

from __future__ import annotations

from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Query
from otp_sandbox.providers.esms import zalo
from otp_sandbox.providers.esms.answers import fill_text, write_refusal
from otp_sandbox.providers.esms.numbers import write_money
from otp_sandbox.providers.esms.operations.zalo.zns import CHECKS, REASONS
from otp_sandbox.providers.esms.operations.zalo.zns_fields import READERS, template
from otp_specs import Outcome

_CAUSES: Final = ("oa_or_template_missing", "oa_unknown", "oa_inactive", "template_not_configured", "params_invalid")


def _write(call: Call, row: Outcome, facts: Facts) -> Any:
    return {
        "CodeResult": row.code,
        "ErrorMessage": fill_text(call, row, facts),
        "TotalPrice": write_money(zalo.cost_of(call, template(call)).price),
        "TotalReceiver": 1,
    }


SUMMARY: Final = Query(
    "SummaryZaloMessage_V4_post_json",
    cause="zns_price_told",
    body=_write,
    refusal=write_refusal,
    readers=READERS,
    checks={cause: CHECKS[cause] for cause in _CAUSES},
    reasons=REASONS,
)
