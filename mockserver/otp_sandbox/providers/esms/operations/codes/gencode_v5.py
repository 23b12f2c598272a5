"""GENCODE V5: makes a code and sends it by Zalo, or by SMS if that fails (`esms.v5-zalo-first`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from otp_sandbox.contract import MISSING, Call, Check, Reason, Why, shown
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import checks, prices, reasons, sending
from otp_sandbox.providers.esms.account import MultiChannelTemplate
from otp_sandbox.providers.esms.details import Details
from otp_sandbox.providers.esms.numbers import integer
from otp_sandbox.providers.esms.operations.codes.gencode import PLACEHOLDER, GenCode, issue, spell_letters, stand_in
from otp_sandbox.providers.esms.phones import fold
from otp_sandbox.providers.esms.zalo import cost_of, dearest, send_zalo, sms_message, template_of, zalo_message

_TYPES: Final = {"1": False, "2": True}
"""Whether the code is sent as well."""


class GenCodeV5(GenCode):
    """`SendMessageAutoGenCode_V5`: knows the same of a phone, answers and refuses alike."""

    operations = ("SendMessageAutoGenCode_V5",)
    readers = MappingProxyType({"Phone": fold, "TypeId": lambda text: _TYPES.get(text.strip()), "TimeAlive": integer})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send; what only makes a code costs nothing, so money does not count there."""
        return {
            "no_price_list": lambda call, state: _sends(call) and checks.no_price_list(call, state),
            "not_enough_balance": lambda call, state: _sends(call) and call.account.balance < _cost(call, state).price,
            "template_id_missing": lambda call, _: call.values["MultiChannelTempId"] is MISSING,
            "template_not_configured": lambda call, _: _pair(call) is None,
            "brandname_unknown": lambda call, _: call.account.brandname(_pair(call).brandname) is None,
            "oa_unknown": lambda call, _: _official_account(call) is None,
            "oa_inactive": lambda call, _: not _official_account(call).active,
            "zns_template_wrong": _zns_template_wrong,
            "template_mismatch": _template_mismatch,
            "keyword_blocked": lambda call, _: sending.has_blocked_word(call, _pair(call).text),
            "carrier_not_registered": lambda call, _: sending.is_out_of_reach(call, _pair(call).brandname),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused: what is wrong stands in the pair of texts, not in the request."""
        return {
            **reasons.of_text(lambda call: _pair(call).brandname, lambda call: _pair(call).text),
            **reasons.of_zalo(lambda call: _pair(call).official_account),
            "template_mismatch": _why_template_mismatch,
            "not_enough_balance": reasons.not_enough_balance(_cost),
        }

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Issue; and with TypeId 2 charge, and send by Zalo. With TypeId 1 no message stands behind the SMSID."""
        change = Change(Verdict("accepted"))
        sms_id, for_code = sending.draw_send(change, state, call)
        code = issue(change, call, state, sms_id, spell_letters(call, for_code, _length(call)))
        told = _send(change, call, state, sms_id, code) if _sends(call) else ""
        change.verdict = Verdict("accepted", {"sms_id": sms_id}, told)
        return change


def _send(change: Change[Any], call: Call, state: State, sms_id: str, code: str) -> str:
    """Charge and send. Returns how the price comes about."""
    pair = _pair(call)
    template = template_of(call, pair.official_account, pair.zns_template)
    text = template.filled((code,)) if template is not None else ""
    details = Details(official_account=pair.official_account, template=pair.zns_template)
    price = cost_of(call, template)
    message = zalo_message(call, sms_id, text, details, code, price=price.price)
    sms = sms_message(call, sms_id, pair.text.replace(PLACEHOLDER, code), pair.brandname, code=code)
    prices.charge(change, call, message.price)
    send_zalo(change, call, state, message, sms)
    return price.told


def _sends(call: Call) -> bool:
    return bool(call.values["TypeId"])


def _pair(call: Call) -> Any:
    """Give the pair of texts that the request names: a MultiChannelTemplate, or None."""
    found: MultiChannelTemplate | None = call.account.multi_channel_template(call.text("MultiChannelTempId").strip())
    return found


def _official_account(call: Call) -> Any:
    return call.account.official_account(_pair(call).official_account)


def _zns_template_wrong(call: Call, _: State) -> bool:
    """The Zalo template is not there, or has not one place, for the code."""
    pair = _pair(call)
    template = template_of(call, pair.official_account, pair.zns_template)
    return template is None or template.places != 1


def _why_template_mismatch(call: Call, state: State) -> Why:
    pair = _pair(call)
    if PLACEHOLDER not in pair.text:
        return Why(f"the text of MultiChannelTempId {pair.id}, {shown(pair.text)}, has no {PLACEHOLDER}")
    return reasons.template_mismatch(lambda _: pair.brandname, lambda _: pair.text)(call, state)


def _template_mismatch(call: Call, state: State) -> bool:
    pair = _pair(call)
    text = pair.text.replace(PLACEHOLDER, stand_in(call, state, _length(call), "\0"))  # matches like the code
    return PLACEHOLDER not in pair.text or not call.account.brandname(pair.brandname).takes(text)


def _cost(call: Call, state: State) -> prices.Cost:
    pair = _pair(call)
    if pair is None:  # that is refused only later
        return dearest(call, None)
    text = pair.text.replace(PLACEHOLDER, stand_in(call, state, _length(call), "0"))
    return dearest(call, text, template_of(call, pair.official_account, pair.zns_template))


def _length(call: Call) -> int:
    return call.dialect.policy("code_length_default")
