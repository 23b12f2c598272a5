"""Mistakes that somebody could make at eSMS in lists of phones, calls, registrations and short codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from mutants.esms import made
from mutants.esms.callbacks import of_callbacks, of_urls
from mutants.kit import (
    Decided,
    Mistake,
    both,
    events,
    handler,
    of_messages,
    on,
    with_check,
    without_fields,
    written,
)
from otp_sandbox.contract import Call, EventContext, Provider
from otp_sandbox.domain.callbacks import CALLBACKS, call_back
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.providers.esms.account import KEY, CallbackPolicy
from otp_sandbox.providers.esms.callbacks import delivery_callback
from otp_sandbox.providers.esms.campaigns import CAMPAIGNS
from otp_sandbox.providers.esms.details import VIBER as VIBER_TYPE
from otp_sandbox.providers.esms.details import details_of
from otp_sandbox.providers.esms.phones import fold
from otp_sandbox.providers.esms.recipients import Recipients, recipients_of

_ADVERTS: Final = ("SendMultipleSMSBrandname_json", "SendMultipleSMSBrandname")
_VIBER: Final = "Send_Multiple_Sms_OTT"
_GET: Final = "SendMultipleMessage_V4_get"
_CALLS: Final = ("MakeCallTemplate_V2", "MakeCallRecord_V2")
_CALL_STATUS: Final = "GetSendStatus_voice"
_REGISTER: Final = "SubServicePreviewJson"


def _first_only(_: Call, __: State, change: Decided) -> Decided:
    """Send to the first phone alone."""
    for key in written(change, MESSAGES):
        if "." in key[1]:
            del change.writes[key]
            change.moved.discard(key)
    change.due = [each for each in change.due if "." not in each.id]
    return change


def _with_repetitions(text: str) -> Recipients | None:
    phones = tuple(filter(None, map(fold, text.split(","))))
    return Recipients(phones, len(phones), None) if phones else None


def _any_name(*operations: str) -> Mistake:
    """Take a sender name that is registered for something else."""

    def unknown(call: Call, _: State) -> bool:
        return all(each.name != call.text("Brandname") for each in call.account.brandnames)

    mistakes = [with_check(name, "brandname_unknown", unknown) for name in operations]
    return mistakes[0] if len(mistakes) == 1 else both(mistakes[0], mistakes[1])


def _few(call: Call, _: State) -> bool:
    found: Any = recipients_of(call)
    return len(found.phones) < 30


def _each(event: Event, _: State, world: EventContext, change: Change[bool]) -> Change[bool]:
    """Tell of a campaign at the end of each of its messages."""
    message: Message | None = change.writes.get((MESSAGES, event.id))
    for key in written(change, CAMPAIGNS):
        if message is not None and change.writes[key].open:
            told = delivery_callback(message, CallbackPolicy(), world.dialect, change.writes[key])
            if told is not None:
                call_back(change, told, event.at)
    return change


def _with_phone(url: str, *_: Any) -> str:
    return f"{url}&telcoid=2&phonenumber=0901888484" if url.endswith("TypeId=1") else url


def _as_sms(_: Call, held: Message) -> Message:
    return replace(held, channel="sms")


def _viber_as_sms(_: Call, held: Message) -> Message:
    return replace(held, channel="sms") if details_of(held).sms_type == VIBER_TYPE else held


def _charged(call: Call, _: State, change: Decided) -> Decided:
    change.writes[KEY] = call.account.charged(1)
    return change


def _registered(otherwise: Callable[[Any], Any]) -> Mistake:
    """Keep another registration than the one that was asked for."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        account = change.writes[KEY]
        *others, last = account.sms_registrations
        change.writes[KEY] = replace(account, sms_registrations=(*others, otherwise(last)))
        return change

    return handler(_REGISTER, change=spoil)


def _silent(_: Call, __: State, change: Decided) -> Decided:
    for key in written(change, CALLBACKS):
        del change.writes[key]
    change.due = [each for each in change.due if each.kind != "callback"]
    return change


def _sign_as_hex(provider: Provider) -> Provider:
    held: Any = provider.inbound.tell

    def tell(*asked: Any) -> Any:
        return [replace(each, url=re.sub("sign=[^&]*", "sign=00ff", each.url)) for each in held(*asked)]

    return replace(provider, inbound=replace(provider.inbound, tell=tell))


WRITTEN: Final = (
    made("advertising-first-only", "only the first phone of a list gets a message", on(_ADVERTS, change=_first_only)),
    made(
        "advertising-twice",
        "a phone that stands twice counts twice",
        on(_ADVERTS, readers={"Phones": _with_repetitions, "Phone": _with_repetitions}),
    ),
    made("advertising-any-name", "any sender name sends advertising", _any_name(*_ADVERTS)),
    made("advertising-try-bound", "a try has as many phones", with_check(_ADVERTS[0], "too_few_recipients", _few)),
    made(
        "advertising-try-sent",
        "a try is sent, whatever its number of phones",
        both(
            with_check(_ADVERTS[0], "too_few_recipients", lambda *_: False),
            handler(_ADVERTS[0], call=lambda call: without_fields(call, "Sandbox")),
        ),
    ),
    made("campaign-each", "each message of a campaign is told", events("delivery", _each)),
    made("campaign-phone", "a campaign has carrier and phone", of_urls(_with_phone)),
    made("viber-as-sms", "a Viber message is an SMS", handler(_VIBER, change=of_messages(_as_sms))),
    made("viber-any-name", "any sender name sends by Viber", _any_name(_VIBER, _GET)),
    made("viber-get-sms", "the query form sends Viber as SMS", handler(_GET, change=of_messages(_viber_as_sms))),
    made("viber-try-sent", "a try is sent", handler(_VIBER, call=lambda call: without_fields(call, "IsSandBox"))),
    made(
        "summary-charged",
        "asking for a price costs something",
        on(("SummaryMultipleMessage_V4_get", "SummaryMultipleSMSBrandname"), change=_charged),
    ),
    made(
        "calls-unfilled",
        "a template is read as it is",
        handler(_CALLS[0], change=of_messages(lambda _, held: replace(held, text="Chao <name>, ma <otp>"))),
    ),
    made("calls-as-sms", "a call is an SMS", on(_CALLS, change=of_messages(_as_sms))),
    made(
        "calls-exact-id",
        "a call is found by its id in small letters alone",
        with_check(
            _CALL_STATUS,
            "message_not_found",
            lambda call, state: state.get(MESSAGES, call.text("ReferenceId")) is None,
        ),
    ),
    made(
        "calls-any-message",
        "any message is a call",
        both(
            with_check(
                _CALL_STATUS,
                "message_not_found",
                lambda call, state: state.get(MESSAGES, call.text("ReferenceId").lower()) is None,
            ),
            handler(
                _CALL_STATUS,
                change=lambda call, state, change: replace(
                    change,
                    verdict=replace(
                        change.verdict, facts={"message": state.get(MESSAGES, call.text("ReferenceId").lower())}
                    ),
                ),
            ),
        ),
    ),
    made(
        "calls-told-as-messages",
        "the callback of a call names it like a message",
        of_urls(lambda url, _: url.replace("ReferenceId=", "SMSID=")),
    ),
    made(
        "calls-any-answer",
        "the callback of a call is done with any answer",
        of_callbacks(lambda held, _: replace(held, retry_answers=False)),
    ),
    made("registration-at-once", "a text is registered at once", _registered(lambda held: replace(held, status=2))),
    made(
        "registration-no-bound",
        "a place takes any number of characters",
        _registered(lambda held: replace(held, content=re.sub(r":\d+\}", "}", held.content))),
    ),
    made("registration-silent", "nobody is told that a text came in", handler(_REGISTER, change=_silent)),
    made("short-code-other-sign", "the sign is no Base64", _sign_as_hex),
)
