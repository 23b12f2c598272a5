"""A text of the caller's own to one phone: by SMS, read out by a call, or by Zalo (`esms.message-types`).

The operations check and do the same; which fields they have, their spec says. By choice one of them takes several
phones (`esms.several-phones`): then each is checked, charged and sent to as if it was alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from otp_sandbox.contract import MISSING, Call, Check, Facts, Handler, Reason
from otp_sandbox.domain import duplicates, messages
from otp_sandbox.domain.messages import MESSAGES, Channel, Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, checks, prices, reasons, sending, zalo
from otp_sandbox.providers.esms.account import PROVIDER, ZnsTemplate
from otp_sandbox.providers.esms.answers import TELLS_STATE
from otp_sandbox.providers.esms.details import (
    ADVERTISING,
    CUSTOMER_CARE,
    VIBER,
    VOICE,
    ZALO,
    ZALO_FIRST,
    Details,
    id_of,
    send_status,
    sms_id,
)
from otp_sandbox.providers.esms.phones import fold_all_of

_OLD_TYPE: Final = 0
_TYPES: Final = {
    "1": ADVERTISING,
    "2": CUSTOMER_CARE,
    "8": VOICE,
    "23": VIBER,
    "24": ZALO_FIRST,
    "25": ZALO,
    **dict.fromkeys(("3", "4", "6", "7", "13"), _OLD_TYPE),
}
BY_ZALO: Final = (ZALO_FIRST, ZALO)
_TAKES_SEVERAL: Final = "SendMultipleMessage_V4_get"
_BETWEEN_PHONES: Final = re.compile(r"[,;|]")
_BETWEEN_OTHERS: Final = re.compile(r"[;|]")
_VIBER_FORM: Final = _TAKES_SEVERAL
_CHANNELS: Final[Mapping[int, Channel]] = {VOICE: "voice", VIBER: "viber", ZALO_FIRST: "zalo", ZALO: "zalo"}
_FAILS_AFTER: Final = timedelta(seconds=1)


class SendMessage(Handler):
    """`SendMultipleMessage_V4` and its siblings; those that send by Zalo as well stand with Zalo."""

    operations: tuple[str, ...] = (
        "SendMultipleMessage_V4_get",
        "SendMultipleMessage_V4",
        "SendMultipleMessage_V4_xml",
    )
    body = staticmethod(answers.write_send)
    readers = MappingProxyType({"Phone": fold_all_of, "SmsType": lambda text: _TYPES.get(text.strip())})

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields; sender name and text count for SMS only."""
        return {
            "type_not_supported": _type_not_supported,
            "several_phones": _several_phones,
            "phone_blocked": _phone_blocked,
            "brandname_missing": lambda call, _: _is_named(call) and call.values["Brandname"] is MISSING,
            "brandname_unknown": lambda call, _: (
                _is_named(call) and call.account.brandname(call.text("Brandname"), _named_for(call)) is None
            ),
            "duplicate_request": _duplicate_request,
            "not_enough_balance": lambda call, state: call.account.balance < _cost(call, state).price,
            "template_mismatch": lambda call, _: (
                _is_sms(call)
                and sending.must_fit(call, is_try=_is_try(call))
                and not call.account.brandname(call.text("Brandname")).takes(_text(call))
            ),
            "keyword_blocked": lambda call, _: _is_sms(call) and sending.has_blocked_word(call, _text(call)),
            "carrier_not_registered": _carrier_not_registered,
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        of_text = reasons.of_text(lambda call: call.text("Brandname"), _text)
        return {
            **of_text,
            "brandname_missing": reasons.brandname_missing(_named_for),
            "brandname_unknown": reasons.brandname_unknown(lambda call: call.text("Brandname"), _named_for),
            "phone_blocked": _of_one(_phone_blocked, reasons.REASONS["phone_blocked"]),
            "carrier_not_registered": _of_one(_carrier_not_registered, of_text["carrier_not_registered"]),
            "duplicate_request": reasons.duplicate_request(_request_ids),
            "not_enough_balance": reasons.not_enough_balance(_cost),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it, of the RequestId and, where it counts, of the text."""
        if call.value("Phone") is None:
            return ()
        found = [duplicates.key_of(PROVIDER, each) for each in _request_ids(call)]
        for each in _by_phone(call):
            phone = each.values["Phone"]
            found += (sending.key_of_sequence(phone), *messages.keys_of_sending(phone))
            found += sending.key_of_repeat(each, _text(call))
        return found

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID."""
        return sending.refuse(next(_by_phone(call)), state, verdict, is_try=_is_try(call))

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge and send, or make as if for a try."""
        change = Change(Verdict("accepted"))
        calls = tuple(_by_phone(call))
        drawn, _ = sending.draw_send(change, state, calls[0])
        change.verdict = Verdict("accepted", {"sms_id": drawn})
        sending.warn_of_flags(change, call, "Sandbox", "IsUnicode", "Unicode")
        sent = _messages(change, calls, drawn)
        sending.use_up(change, call, _request_ids(call), drawn)
        if _is_try(call):
            for _, message in sent:
                sending.end_try(change, call, message)
            return change
        price, told = _cost(call, state)
        change.verdict = replace(change.verdict, reason=told)
        prices.charge(change, call, price)
        at = sending.sending_time(change, call)
        for each, message in sent:
            _launch(change, each, state, message, at)
        return change


def _launch(change: Change[Verdict], call: Call, state: State, message: Message, at: datetime | None) -> None:
    if _channel(call) == "zalo":
        zalo.launch_zns(change, call, state, message, at=at)
        return
    lost = call.values["SmsType"] == ADVERTISING
    repeated = at is None and not lost and sending.is_repeated(call, state, message.text)
    if at is None and not repeated:
        change.writes.update(dict.fromkeys(sending.key_of_repeat(call, message.text), call.now))
    sending.launch(change, call, state, message, at=at, fails_after=_FAILS_AFTER if repeated else None)


def _messages(change: Change[Verdict], calls: Sequence[Call], drawn: str) -> list[tuple[Call, Message]]:
    """Make the message to each phone; the first has the SMSID itself as its id, and knows how many they are."""
    first = _message(change, calls[0], drawn, len(calls))
    others = ((each, replace(first, id=id_of(drawn, n), to=each.values["Phone"])) for n, each in enumerate(calls))
    return list(others)


def _message(change: Change[Verdict], call: Call, drawn: str, receivers: int) -> Message:
    campaign = call.text("campaignid") if "campaignid" in call.values else ""
    sending.warn_of_length(change, call, "campaignid", campaign, "campaign_length_max")
    address = call.text("CallbackUrl") if "CallbackUrl" in call.values else ""
    details = Details(
        sms_type=call.values["SmsType"] or CUSTOMER_CARE,
        request_id=call.text("RequestId"),
        campaign=campaign,
        callback_url=sending.callback_address(change, address),
        receivers=receivers,
    )
    text, channel = _text(call), _channel(call)
    sender = call.text("Brandname") if _is_named(call) else ""
    price = prices.cost_of(call, text, channel=channel).price
    template, code = full_content_template(call) if channel == "zalo" else None, None
    if template is not None:
        sender, price, code = call.text("OAID").strip(), zalo.cost_of(call, template).price, template.code_in(text)
        details = replace(details, official_account=sender, template=template.id)
    return sending.new_message(
        call, drawn, text, sender=sender, price=price, details=details, channel=channel, code=code
    )


def full_content_template(call: Call) -> ZnsTemplate | None:
    """Find the approved template of the Official Account that the whole text fits; where it has any, one without id."""
    found = call.account.official_account(call.text("OAID").strip())
    if found is None or found.templates is None:
        return ZnsTemplate("", _text(call)) if found is not None else None
    return next((each for each in found.templates if each.approved and each.fits(_text(call))), None)


def _by_phone(call: Call) -> Iterator[Call]:
    """Give the call for each of its phones."""
    phones = call.value("Phone")
    if not isinstance(phones, tuple):
        yield call
        return
    for phone in phones:
        yield replace(call, values={**call.values, "Phone": phone})


def _of_one(check: Check, reason: Reason) -> Reason:
    """Explain a refusal by the phone that it is about."""
    return lambda call, state: reason(next(each for each in _by_phone(call) if check(each, state)), state)


def _phone_blocked(call: Call, state: State) -> bool:
    return any(checks.phone_blocked(each, state) for each in _by_phone(call))


def _carrier_not_registered(call: Call, _: State) -> bool:
    return _is_sms(call) and any(sending.is_out_of_reach(each, call.text("Brandname")) for each in _by_phone(call))


def _is_sms(call: Call) -> bool:
    """Whether it is an SMS of a sender name, by its type or by one that is taken for it."""
    return call.values["SmsType"] in (CUSTOMER_CARE, _OLD_TYPE)


def _is_named(call: Call) -> bool:
    """Whether it needs a sender name."""
    return _is_sms(call) or call.values["SmsType"] == VIBER


def _named_for(call: Call) -> Literal[2, 23]:
    """Tell what the sender name must be registered for."""
    return 23 if call.values["SmsType"] == VIBER else 2


def _channel(call: Call) -> Channel:
    return _CHANNELS.get(call.values["SmsType"], "sms")


def _type_not_supported(call: Call, _: State) -> bool:
    kind = call.values["SmsType"]
    if kind in BY_ZALO:
        return "OAID" not in call.values
    if kind == _OLD_TYPE:
        return call.dialect.option("old-types") == "refused"
    if kind == VIBER:
        return call.operation.name != _VIBER_FORM
    if kind == ADVERTISING:
        return call.dialect.option("type-1-unnamed") == "refused" or call.values["Brandname"] is not MISSING
    return False


def _cost(call: Call, _: State) -> prices.Cost:
    phones = call.value("Phone")
    receivers = len(phones) if isinstance(phones, tuple) else 1
    if _channel(call) == "zalo":
        return zalo.cost_of(call, full_content_template(call))
    return prices.cost_of(call, _text(call), channel=_channel(call), receivers=receivers)


def _is_try(call: Call) -> bool:
    return "Sandbox" in call.values and sending.switched_on(call.text("Sandbox"))


def _text(call: Call) -> str:
    """Give the text as it is sent; where IsUnicode is no field, nor UNICODE as in XML, it is sent as it is written."""
    text = call.text("Content")
    if "Unicode" in call.values:
        return sending.text_to_send(call, text, call.text("Unicode"), "")
    if "IsUnicode" not in call.values:
        return text
    alias = next((value for name, value in call.fields.items() if name.lower() == "unicode"), "")
    return sending.text_to_send(call, text, call.text("IsUnicode"), alias)


def _request_ids(call: Call) -> tuple[str, ...]:
    request_id = call.text("RequestId")
    return (request_id,) if request_id and sending.uses_id_up(call, is_try=_is_try(call)) else ()


def _several_phones(call: Call, _: State) -> bool:
    takes_several = call.operation.name == _TAKES_SEVERAL and call.dialect.option("several-phones") == "accepted"
    between = _BETWEEN_OTHERS if takes_several else _BETWEEN_PHONES
    return sum(map(bool, map(str.strip, between.split(call.text("Phone"))))) > 1


def _duplicate_request(call: Call, state: State) -> bool | Facts:
    earlier = sending.used_before(call, state, _request_ids(call))
    if earlier is None:
        return False
    if call.operation.name != TELLS_STATE:
        return True
    # Newest first: the SMS that took the place of a Zalo message is found before it, and has the last word.
    found = (each for each in state.entries(MESSAGES) if each.provider == PROVIDER)
    original = next((each for each in found if sms_id(each) == earlier.message_id), None)
    return {"send_status": str(send_status(original))} if original is not None else True
