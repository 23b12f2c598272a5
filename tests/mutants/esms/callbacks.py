"""Mistakes that somebody could make in the delivery callbacks of eSMS."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from mutants.esms import made
from mutants.kit import Mistake, events, written
from otp_sandbox.contract import EventContext
from otp_sandbox.domain.callbacks import CALLBACKS, Callback, call_back
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, State
from otp_sandbox.providers.esms.account import CallbackPolicy
from otp_sandbox.providers.esms.callbacks import delivery_callback


def of_callbacks(otherwise: Callable[[Callback, Any], Callback | None]) -> Mistake:
    """Tell customers otherwise; None tells them nothing."""

    def change(event: Event, _: State, __: EventContext, change: Change[bool]) -> Change[bool]:
        message = change.writes.get((MESSAGES, event.id))
        for key in written(change, CALLBACKS):
            told = otherwise(change.writes[key], message)
            if told is None:
                del change.writes[key]
                change.due = [each for each in change.due if each.kind != "callback"]
            else:
                change.writes[key] = told
        return change

    return events("delivery", change)


def of_urls(otherwise: Callable[[str, Any], str]) -> Mistake:
    return of_callbacks(lambda callback, message: replace(callback, url=otherwise(callback.url, message)))


def _swapped(url: str, *_: Any) -> str:
    return re.sub(r"(SendFailed=\d)&(SendStatus=\d)", r"\2&\1", url)


def _url(pattern: str, instead: str) -> Mistake:
    return of_urls(lambda url, _: re.sub(pattern, instead, url))


def _second_question(url: str, *_: Any) -> str:
    return url.replace("&SMSID=", "?SMSID=")


def _when_sent(event: Event, _: State, world: EventContext, change: Change[bool]) -> Change[bool]:
    """Tell of a message that is sent again as if it had arrived."""
    message = change.writes.get((MESSAGES, event.id))
    if message is not None and message.state == "sent":
        told = delivery_callback(message.now_in("delivered", event.at), CallbackPolicy(), world.dialect)
        if told is not None:
            call_back(change, told, event.at)
    return change


blank_as_plus: Final = _url("%20", "+")

WRITTEN: Final = (
    made("callback-plus", "a blank in the address of a callback is a plus", blank_as_plus),
    made("callback-undecodable-id", "an ampersand in the RequestId is not encoded", _url("%26", "&")),
    made("callback-when-sent", "a message is told before its end", events("delivery", _when_sent)),
    made("callback-never", "nobody is told", of_callbacks(lambda *_: None)),
    made(
        "callback-failure-silent",
        "failures are not told",
        of_callbacks(lambda callback, _: callback if callback.event == "delivered" else None),
    ),
    made("callback-order", "two fields of the callback are swapped", of_urls(_swapped)),
    made("callback-short-price", "the price has no decimals", _url(r"(Price=\d+)\.0000", r"\1")),
    made("callback-failure-priced", "a failure has its price", _url(r"Price=0\.0000", "Price=850.0000")),
    made("callback-no-request-id", "an empty RequestId is left out", _url("&RequestId=&", "&")),
    made("callback-constant-type", "every message has type 2", _url(r"TypeId=\d+", "TypeId=2")),
    made("callback-no-switch", "switchsmsid is left out", _url("&switchsmsid=", "")),
    made(
        "callback-switch-always",
        "every callback ends with switchsmsid",
        of_urls(lambda url, _: url if url.endswith("switchsmsid=") else f"{url}&switchsmsid="),
    ),
    made("callback-no-zalo", "Zalo's fields are left out", _url(r"&partnerids=.*", "")),
    made("callback-second-question", "every query begins with a question mark", of_urls(_second_question)),
    made("callback-https", "every address is called with encryption", _url("^http:", "https:")),
    made("callback-post", "the callback is a POST", of_callbacks(lambda held, _: replace(held, method="POST"))),
    made(
        "callback-signed",
        "the callback is signed",
        of_callbacks(lambda held, _: replace(held, headers={"X-Signature": "1"})),
    ),
    made("callback-once", "a callback is tried once", of_callbacks(lambda held, _: replace(held, retries=0))),
    made(
        "callback-four-retries",
        "a callback is tried four times more",
        of_callbacks(lambda held, _: replace(held, retries=4)),
    ),
    made(
        "callback-until-accepted",
        "a callback is tried until it is accepted",
        of_callbacks(lambda held, _: replace(held, retry_answers=True)),
    ),
)
