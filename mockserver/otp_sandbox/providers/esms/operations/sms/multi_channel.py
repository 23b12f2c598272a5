"""A message by Zalo, and an SMS with a text of its own if that fails (`esms.channels-fallback`).

Each channel has its own RequestId, callback address and Sandbox. If that of Zalo is on, the whole request is a try, as
its SMS would never be sent; if that of the SMS is, the Zalo message is sent and no SMS follows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from otp_sandbox.contract import Call, Check, Handler, Reason, Why, shown
from otp_sandbox.domain import duplicates, messages
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, prices, reasons, sending
from otp_sandbox.providers.esms.account import PROVIDER, ZnsTemplate
from otp_sandbox.providers.esms.details import CUSTOMER_CARE, Details
from otp_sandbox.providers.esms.operations.sms.multi_channel_fields import Sms, Zalo, channels, data, sms_of, zalo_of
from otp_sandbox.providers.esms.phones import fold
from otp_sandbox.providers.esms.zalo import cost_of, dearest, send_zalo, sms_message, template_of, zalo_message


class MultiChannel(Handler):
    """`MultiChannelMessage`."""

    operations = ("MultiChannelMessage",)
    body = staticmethod(answers.write_send)
    readers = MappingProxyType({"Phone": fold, "Channels": channels, "Data": data})

    def checks(self) -> Mapping[str, Check]:
        """The rules of both channels: all of them hold before anything is sent."""
        return {
            "type_missing": lambda call, _: not sms_of(call).kind,
            "type_not_supported": lambda call, _: sms_of(call).kind != str(CUSTOMER_CARE),
            "brandname_missing": lambda call, _: not sms_of(call).brandname,
            "brandname_unknown": lambda call, _: call.account.brandname(sms_of(call).brandname) is None,
            "oa_or_template_missing": lambda call, _: not (zalo_of(call).official_account and zalo_of(call).template),
            "oa_unknown": lambda call, _: call.account.official_account(zalo_of(call).official_account) is None,
            "oa_inactive": lambda call, _: not call.account.official_account(zalo_of(call).official_account).active,
            "template_not_configured": _template_not_configured,
            "params_invalid": _params_invalid,
            "over_quota_not_allowed": _over_quota_not_allowed,
            "duplicate_request": lambda call, state: (
                sending.used_before(call, state, _request_ids(call, zalo_of(call), sms_of(call))) is not None
            ),
            "not_enough_balance": lambda call, state: call.account.balance < _cost(call, state).price,
            "content_missing": lambda call, _: not sms_of(call).text,
            "template_mismatch": _template_mismatch,
            "keyword_blocked": lambda call, _: sending.has_blocked_word(call, _text(call, sms_of(call))),
            "carrier_not_registered": lambda call, _: sending.is_out_of_reach(call, sms_of(call).brandname),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {
            **reasons.of_text(lambda call: sms_of(call).brandname, lambda call: _text(call, sms_of(call))),
            **reasons.of_zalo(lambda call: zalo_of(call).official_account),
            "over_quota_not_allowed": reasons.over_quota_not_allowed(lambda call: zalo_of(call).official_account),
            "template_not_configured": reasons.zns_template_unknown(
                lambda call: zalo_of(call).official_account, lambda call: zalo_of(call).template
            ),
            "params_invalid": _why_params_invalid,
            "duplicate_request": reasons.duplicate_request(
                lambda call: _request_ids(call, zalo_of(call), sms_of(call))
            ),
            "not_enough_balance": reasons.not_enough_balance(_cost),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it, of both RequestIds and, where it counts, of the text."""
        phone = call.value("Phone")
        if phone is None:
            return ()
        found: list[Key] = [sending.key_of_sequence(phone), *messages.keys_of_sending(phone)]
        if _is_readable(call):
            zalo, sms = zalo_of(call), sms_of(call)
            found += (duplicates.key_of(PROVIDER, each) for each in _request_ids(call, zalo, sms))
            found += sending.key_of_repeat(call, _text(call, sms))
        return found

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID."""
        return sending.refuse(call, state, verdict, is_try=_is_readable(call) and zalo_of(call).is_try)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge for the Zalo message and send it, or make as if for a try. The SMS is charged when it is sent."""
        zalo, sms = zalo_of(call), sms_of(call)
        change = Change(Verdict("accepted"))
        drawn, _ = sending.draw_send(change, state, call)
        change.verdict = Verdict("accepted", {"sms_id": drawn})
        message = _zalo_message(change, call, drawn, zalo)
        sending.use_up(change, call, _request_ids(call, zalo, sms), drawn)
        if zalo.is_try:
            sending.end_try(change, call, message)
            return change
        prices.charge(change, call, message.price)
        change.verdict = replace(change.verdict, reason=cost_of(call, _template(call)).told)
        text = _text(call, sms)
        otherwise = None
        if not sms.is_try:
            details = Details(
                request_id=sms.request_id, callback_url=sending.callback_address(change, sms.callback_url)
            )
            otherwise = sms_message(call, drawn, text, sms.brandname, details=details)
        in_vain = sending.is_repeated(call, state, text)
        send_zalo(change, call, state, message, otherwise, in_vain=in_vain, over_quota=zalo.over_quota)
        return change


def _zalo_message(change: Change[Verdict], call: Call, drawn: str, zalo: Zalo) -> Message:
    template = _template(call)
    sending.warn_of_length(change, call, "campaignid", zalo.campaign, "campaign_length_max")
    details = Details(
        request_id=zalo.request_id,
        campaign=zalo.campaign,
        callback_url=sending.callback_address(change, zalo.callback_url),
        official_account=zalo.official_account,
        template=zalo.template,
    )
    values = zalo.values or ()
    text, code = (template.filled(values), template.code(values)) if template is not None else ("", None)
    return zalo_message(call, drawn, text, details, code, price=cost_of(call, template).price)


def _template(call: Call) -> ZnsTemplate | None:
    zalo = zalo_of(call)
    return template_of(call, zalo.official_account, zalo.template, len(zalo.values or ()))


def _is_readable(call: Call) -> bool:
    return isinstance(call.values["Data"], tuple)


def _request_ids(call: Call, zalo: Zalo, sms: Sms) -> tuple[str, ...]:
    """Give the ids that count: that of the SMS is one of a try, if the whole is."""
    of_zalo = sending.uses_id_up(call, is_try=zalo.is_try)
    of_sms = sending.uses_id_up(call, is_try=zalo.is_try or sms.is_try)
    return tuple(filter(None, (zalo.request_id if of_zalo else "", sms.request_id if of_sms else "")))


def _cost(call: Call, _: State) -> prices.Cost:
    sms = sms_of(call)
    return dearest(call, None if sms.is_try else _text(call, sms), _template(call))


def _text(call: Call, sms: Sms) -> str:
    return sending.text_to_send(call, sms.text, sms.is_unicode, sms.unicode)


def _template_not_configured(call: Call, _: State) -> bool:
    return _template(call) is None


def _params_invalid(call: Call, _: State) -> bool:
    """There is not one value for each place of the Zalo template, or they would make too long a text."""
    zalo, template = zalo_of(call), _template(call)
    return template is None or zalo.values is None or not template.takes(zalo.values)


def _why_params_invalid(call: Call, _: State) -> Why:
    zalo, template = zalo_of(call), _template(call)
    places = template.places if template is not None else 0
    values = f"{len(zalo.values)} values" if zalo.values is not None else "no list of values"
    return Why(f"TempID {shown(zalo.template)} has {places} places; Params has {values}")


def _over_quota_not_allowed(call: Call, _: State) -> bool:
    zalo = zalo_of(call)
    return zalo.over_quota and not call.account.official_account(zalo.official_account).over_quota


def _template_mismatch(call: Call, _: State) -> bool:
    sms = sms_of(call)
    if not sending.must_fit(call, is_try=sms.is_try or zalo_of(call).is_try):
        return False
    return not call.account.brandname(sms.brandname).takes(_text(call, sms))
