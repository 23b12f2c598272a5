"""Mistakes that somebody could make at eSMS in Zalo messages with an SMS behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import orjson

from mutants.esms_mistakes import challenges
from mutants.esms_send_mistakes import (
    MULTI,
    V5,
    Sent,
    both_at_once,
    forgiving,
    of_messages,
    of_urls,
    on,
    send,
    sms_kept,
    with_facts,
)
from mutants.kit import body, forgiven, handler, order, row, with_check, with_values, without_check, written
from otp_sandbox.contract import Call
from otp_sandbox.domain.challenges import CODES, RECIPIENTS
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.providers.esms.details import details_of

_ZALO: Final = (V5, MULTI)


def _without_code(_: Call, __: State, change: Sent) -> Sent:
    for table in (CODES, RECIPIENTS):
        for key in written(change, table):
            del change.writes[key]
    change.moved &= change.writes.keys()
    return change


def _lower(_: Call, __: State, change: Sent) -> Sent:
    challenges(change, lambda held: replace(held, code=held.code.lower()))
    for key in written(change, MESSAGES):
        change.writes[key] = replace(change.writes[key], code=(change.writes[key].code or "").lower())
    return change


def _longer(_: Call, __: State, change: Sent) -> Sent:
    def otherwise(held: Any) -> Any:
        return replace(held, expires_at=held.expires_at + timedelta(minutes=5)) if held.expires_at else held

    challenges(change, otherwise)
    change.due = [event for event in change.due if event.kind != "expiry"]
    return change


def _told(_: Call, state: State, change: Sent) -> Sent:
    codes = [change.writes[key].code for key in written(change, CODES)]
    return with_facts(lambda facts: {**facts, "sms_id": (codes[-1] + str(facts["sms_id"]))[:32]})(_, state, change)


def _data(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Call], Call]:
    """Read other data for the two channels."""

    def spoil(call: Call) -> Call:
        if not isinstance(call.values.get("Data"), tuple):
            return call
        return with_values(call, Data=tuple(change([dict(each) for each in call.values["Data"]])))

    return spoil


def _with(place: int, **members: Any) -> Callable[[Call], Call]:
    def change(held: list[dict[str, Any]]) -> list[dict[str, Any]]:
        held[place] |= members
        return held

    return _data(change)


def _any_number(call: Call) -> Call:
    """Take the first two objects of however many there are."""
    text = call.text("Data")
    if "channels_invalid" in call.invalid and text.startswith("[{") and call.text("Channels") == "zalo,sms":
        held = orjson.loads(text)
        if len(held) > 1:
            return forgiven(call, "channels_invalid", Data=(held[0], held[1]))
    return call


def _any_order(call: Call) -> Call:
    return forgiven(call, "channels_invalid") if call.text("Channels") == "sms,zalo" else call


_turned: Final = _data(lambda held: [{**held[0], "Params": tuple(reversed(held[0].get("Params") or ()))}, held[1]])


def _fitted(call: Call) -> Call:
    """Take one value, however many came."""
    data = call.values.get("Data")
    fits = not isinstance(data, tuple) or len(data[0].get("Params") or ()) == 1
    return call if fits else _with(0, Params=("1",))(call)


MUTANTS: Final = (
    send("no-fallback", "life", "nothing follows a failed Zalo message", on(_ZALO, change=sms_kept(lambda *_: None))),
    send(
        "v5-other-code",
        "life",
        "the SMS has another code than the Zalo message",
        handler(
            V5,
            change=sms_kept(lambda _, sms: replace(sms, code="0" * 6, text=sms.text.replace(sms.code or "", "0" * 6))),
        ),
    ),
    send(
        "v5-sms-first",
        "life",
        "the code goes by SMS",
        handler(V5, change=of_messages(lambda held: replace(held, channel="sms"))),
    ),
    send("v5-both", "life", "the SMS is sent with the Zalo message", handler(V5, change=both_at_once)),
    send("v5-no-code", "life", "the code of V5 is good for nothing", handler(V5, change=_without_code)),
    send("v5-lower-case", "code", "the codes of V5 are small letters", handler(V5, change=_lower)),
    send("v5-tells", "wire", "the SMSID begins with the code", handler(V5, change=_told)),
    send("v5-code-member", "wire", "the answer of V5 has a Code", body(lambda held: {**held, "Code": "1NTTJ6"}, V5)),
    send(
        "v5-type-one-sends",
        "life",
        "TypeId 1 sends as well",
        handler(V5, readers={"TypeId": lambda text: True if text in ("1", "2") else None}),
    ),
    send(
        "v5-any-type",
        "errors",
        "V5 takes any TypeId",
        handler(V5, call=forgiving("type_missing", "type_not_supported", TypeId=True)),
    ),
    send(
        "v5-any-phone",
        "errors",
        "V5 takes any phone",
        handler(V5, call=forgiving("phone_missing", "phone_invalid", Phone="+84901888484")),
    ),
    send(
        "v5-unknown-is-missing",
        "errors",
        "an unknown id of V5 counts as missing",
        with_check(
            V5,
            "template_id_missing",
            lambda call, _: call.account.multi_channel_template(call.text("MultiChannelTempId")) is None,
        ),
    ),
    send(
        "v5-missing-is-unknown",
        "errors",
        "a missing id of V5 counts as unknown",
        row("oa_or_template_missing", code="789", message="TemplateId is not config"),
    ),
    send("v5-lifetime-ignored", "life", "V5 ignores TimeAlive", handler(V5, readers={"TimeAlive": lambda _: 5})),
    send("v5-lifetime-longer", "life", "codes of V5 live five minutes longer", handler(V5, change=_longer)),
    send("v5-keeps-all", "life", "every code of a phone is good", second_code="keep-all"),
    send("channels-both", "life", "the SMS is sent with the Zalo message", handler(MULTI, change=both_at_once)),
    send("channels-any-order", "errors", "the channels may be turned", handler(MULTI, call=_any_order)),
    send("channels-any-number", "errors", "more objects than channels are taken", handler(MULTI, call=_any_number)),
    send("channels-any-type", "errors", "the SMS may have any type", handler(MULTI, call=_with(1, SmsType="2"))),
    send(
        "channels-any-name", "errors", "the SMS may have any sender", handler(MULTI, call=_with(1, Brandname="Sandbox"))
    ),
    send(
        "channels-sms-unchecked",
        "errors",
        "the SMS of two channels may have any text",
        without_check(MULTI, "template_mismatch", "content_missing"),
    ),
    send(
        "channels-first-id",
        "life",
        "only Zalo's RequestId counts",
        handler(MULTI, call=_with(1, RequestId="")),
    ),
    send("channels-try-sent", "life", "a try over two channels is sent", handler(MULTI, call=_with(0, Sandbox="0"))),
    send(
        "channels-one-callback",
        "callback",
        "both channels tell one address",
        handler(
            MULTI,
            change=sms_kept(
                lambda zalo, sms: replace(sms, details=replace(sms.details, callback_url=details_of(zalo).callback_url))
            ),
        ),
    ),
    send(
        "channels-two-ids",
        "callback",
        "the SMS has an SMSID of its own",
        of_urls(lambda url, message: url if message.channel == "zalo" else re.sub("SMSID=.", "SMSID=_", url)),
    ),
    send(
        "oa-missing-is-unknown",
        "errors",
        "a missing Official Account counts as unknown",
        without_check(MULTI, "oa_or_template_missing"),
    ),
    send(
        "oa-unknown-is-inactive",
        "errors",
        "an unknown Official Account counts as inactive",
        row("oa_unknown", code="799", message="OAID is not active"),
    ),
    send("oa-inactive-sends", "errors", "an inactive Official Account sends", without_check(MULTI, "oa_inactive")),
    send(
        "zalo-template-unchecked",
        "errors",
        "an unknown Zalo template is wrong",
        without_check(MULTI, "template_not_configured"),
    ),
    send("zalo-params-unchecked", "errors", "any number of values is taken", handler(MULTI, call=_fitted)),
    send("zalo-params-turned", "life", "values come in the wrong order", handler(MULTI, call=_turned)),
    send(
        "over-quota-allowed",
        "errors",
        "everybody may send over the quota",
        without_check(MULTI, "over_quota_not_allowed"),
    ),
    send(
        "channels-money-first",
        "errors",
        "money is checked before the RequestIds",
        order(MULTI, "duplicate_request", "not_enough_balance"),
    ),
    send(
        "channels-zalo-first",
        "errors",
        "the Official Account is checked before the sender name",
        order(MULTI, "brandname_unknown", "oa_unknown"),
    ),
)
