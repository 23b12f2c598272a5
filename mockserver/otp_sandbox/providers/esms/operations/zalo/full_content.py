"""A whole text by Zalo through SendMultipleMessage_V4: it has to fit a template of the Official Account."""

from __future__ import annotations

from collections.abc import Mapping

from otp_sandbox.contract import MISSING, Call, Check, Reason, Why, shown
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms import reasons
from otp_sandbox.providers.esms.operations.sms.send_message import BY_ZALO, SendMessage, full_content_template
from otp_sandbox.providers.esms.operations.zalo.zns_fields import official_account


class SendMessageOrZalo(SendMessage):
    """The forms that take SmsType 24 and 25 as well, by JSON and as a form."""

    operations = ("SendMultipleMessage_V4_post_json", "SendMultipleMessage_V4_post")

    def checks(self) -> Mapping[str, Check]:
        """The rules of a message, and of its Official Account where it goes by Zalo."""
        return {
            **super().checks(),
            "oa_or_template_missing": _of_zalo(lambda call, _: call.values["OAID"] is MISSING),
            "oa_unknown": _of_zalo(lambda call, _: call.account.official_account(official_account(call)) is None),
            "oa_inactive": _of_zalo(lambda call, _: not call.account.official_account(official_account(call)).active),
            "template_not_configured": _of_zalo(lambda call, _: full_content_template(call) is None),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {
            **super().reasons(),
            **reasons.of_zalo(official_account),
            "template_not_configured": lambda call, _: Why(
                f"{shown(call.text('Content'))} fits no approved template of OAID {shown(official_account(call))}"
            ),
        }


def _of_zalo(check: Check) -> Check:
    def of_zalo(call: Call, state: State) -> bool:
        return call.values["SmsType"] in BY_ZALO and bool(check(call, state))

    return of_zalo
